package crossway.runtime;

import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.ServiceLoader;

/** Between bytes and values: the function's own way, where it brings one, or ours. */
final class Serializer {
    private static final String PROVIDERS = "META-INF/services/" + CustomPojoSerializer.class.getName();
    private static final CustomPojoSerializer CUSTOM = custom();

    private Serializer() {}

    static Object read(byte[] json, Type type) {
        if (CUSTOM != null) {
            return CUSTOM.fromJson(new ByteArrayInputStream(json), type);
        }
        return Binder.bind(Json.parse(new String(json, StandardCharsets.UTF_8)), type);
    }

    static byte[] write(Object value, Type type) {
        if (CUSTOM == null) {
            return Main.bytes(JsonWriter.text(value));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CUSTOM.toJson(value, out, type);
        return out.toByteArray();
    }

    /** Looks for the file first: the service loader is dear, and nearly nobody has one. */
    private static CustomPojoSerializer custom() {
        ClassLoader loader = Serializer.class.getClassLoader();
        if (loader.getResource(PROVIDERS) == null) {
            return null;
        }
        Iterator<CustomPojoSerializer> found =
                ServiceLoader.load(CustomPojoSerializer.class, loader).iterator();
        CustomPojoSerializer first = found.hasNext() ? found.next() : null;
        if (found.hasNext()) {
            throw new Fault("Too many serializers provided inside the META-INF/services folder,"
                    + " only one is allowed");
        }
        return first;
    }
}
