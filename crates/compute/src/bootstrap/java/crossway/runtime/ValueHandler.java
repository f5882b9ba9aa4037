package crossway.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.Type;

/** A function of values, which come and go as JSON. */
abstract class ValueHandler implements Handler {
    private static final byte[] NULL = Main.bytes("null");

    /** Null when the function takes none. */
    private final Type input;

    /** Null when the function gives none. */
    private final Type output;

    ValueHandler(Type input, Type output) {
        this.input = input;
        this.output = output == void.class || output == Void.class ? null : output;
    }

    abstract Object handle(Object value, Context context) throws Throwable;

    @Override
    public final byte[] call(byte[] event, Invocation invocation) throws Throwable {
        Object value = null;
        if (input != null) {
            try {
                value = Serializer.read(event, input);
            } catch (Fault fault) {
                throw fault;
            } catch (Throwable thrown) {
                throw new RuntimeException("An error occurred during JSON parsing", thrown);
            }
        }
        Object answer = handle(value, invocation);
        if (output == null) {
            return NULL;
        }
        try {
            return Serializer.write(answer, output);
        } catch (Throwable thrown) {
            String message = "An error occurred during JSON serialization of response";
            throw new RuntimeException(message, thrown);
        }
    }
}
