package crossway.runtime;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What is wrong with a function's code, in the words of AWS's client. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String OWN = "crossway.runtime.";

    /** Whether the worker is to end: none of the function's code may run any more. */
    final boolean isFatal;

    private final String kind;
    private final String trace;

    /** Something that this runtime found out. */
    Fault(String message) {
        super(message);
        kind = null;
        trace = null;
        isFatal = false;
    }

    /** Something that the function's code threw. */
    Fault(Throwable thrown, boolean isFatal) {
        this(message(thrown), thrown, isFatal);
    }

    Fault(String message, Throwable thrown, boolean isFatal) {
        super(message);
        kind = thrown.getClass().getName();
        trace = trace(thrown);
        this.isFatal = isFatal;
    }

    /** What the log says. */
    String report() {
        if (kind == null) {
            return getMessage() + "\n";
        }
        return getMessage() + ": " + kind + "\n" + trace + "\n";
    }

    /** What the caller is told; without a stack trace, as AWS does. */
    byte[] json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("errorMessage", getMessage());
        object.put("errorType", kind);
        return Main.bytes(JsonWriter.text(object));
    }

    /** What the caller is told of an exception that a handler threw. */
    static byte[] json(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        String[] lines = new String[frames.length];
        for (int index = 0; index < frames.length; index++) {
            lines[index] = frames[index].toString();
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("errorMessage", message(thrown));
        object.put("errorType", thrown.getClass().getName());
        object.put("stackTrace", lines);
        return Main.bytes(JsonWriter.text(object));
    }

    /** Cuts this runtime's own calls from the stack traces of an exception, and gives it back. */
    static Throwable filter(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        filter(thrown, seen);
        return thrown;
    }

    private static void filter(Throwable thrown, Set<Throwable> seen) {
        if (thrown == null || !seen.add(thrown)) {
            return;
        }
        StackTraceElement[] frames = thrown.getStackTrace();
        for (int index = 0; index < frames.length; index++) {
            if (frames[index].getClassName().startsWith(OWN)) {
                StackTraceElement[] kept = new StackTraceElement[index];
                System.arraycopy(frames, 0, kept, 0, index);
                thrown.setStackTrace(kept);
                break;
            }
        }
        filter(thrown.getCause(), seen);
        for (Throwable suppressed : thrown.getSuppressed()) {
            filter(suppressed, seen);
        }
    }

    private static String message(Throwable thrown) {
        String message = thrown.getLocalizedMessage();
        return message == null ? thrown.getClass().getName() : message;
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        filter(thrown).printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
