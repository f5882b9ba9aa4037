package crossway.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes log events. Each is a frame, so that it stays one event whatever newlines it holds; what is
 * printed travels in the same pipe, so order is kept.
 */
final class Log implements LambdaLogger {
    static final Log LOGGER = new Log();

    private static final int HEAD_BYTES = 16;
    private static final byte TEXT = 3;
    private static final byte BOUNDARY = 4;
    private static final FileOutputStream PIPE = new FileOutputStream(FileDescriptor.out);
    private static final boolean IS_JSON =
            "JSON".equalsIgnoreCase(System.getenv("AWS_LAMBDA_LOG_FORMAT"));
    private static final LogLevel LEAST = least(System.getenv("AWS_LAMBDA_LOG_LEVEL"));

    private static volatile String requestId;

    /** An event that came while another was worked on is told apart before its first output. */
    private static boolean isBoundaryDue;

    private Log() {}

    /** What is logged from here on belongs to this event. */
    static synchronized void begin(Event event) {
        requestId = event.requestId;
        isBoundaryDue = event.header("crossway-early") != null;
    }

    static synchronized void print(byte[] bytes, int from, int length) throws IOException {
        markBoundary();
        PIPE.write(bytes, from, length);
    }

    /** Logs what went wrong. */
    static void error(String report) {
        write(IS_JSON ? record(report, "ERROR") : report);
    }

    @Override
    public void log(String message) {
        write(IS_JSON ? record(message, "UNDEFINED") : String.valueOf(message));
    }

    @Override
    public void log(byte[] message) {
        frame(TEXT, message);
    }

    @Override
    public void log(String message, LogLevel level) {
        if (level.compareTo(LEAST) < 0 && level != LogLevel.UNDEFINED) {
            return;
        }
        if (IS_JSON) {
            write(record(message, level.toString()));
        } else if (level == LogLevel.UNDEFINED) {
            write(String.valueOf(message));
        } else {
            write("[" + level + "] " + message);
        }
    }

    @Override
    public void log(byte[] message, LogLevel level) {
        if (level.compareTo(LEAST) >= 0 || level == LogLevel.UNDEFINED) {
            frame(TEXT, message);
        }
    }

    private static LogLevel least(String name) {
        for (LogLevel level : LogLevel.values()) {
            if (level.toString().equalsIgnoreCase(name)) {
                return level;
            }
        }
        return LogLevel.UNDEFINED;
    }

    private static String record(String message, String level) {
        Map<String, Object> record = new LinkedHashMap<>();
        String now = Instant.ofEpochMilli(System.currentTimeMillis()).toString();
        // Java leaves zeros away.
        record.put("timestamp", now.length() == 20 ? now.substring(0, 19) + ".000Z" : now);
        record.put("message", message);
        record.put("level", level);
        record.put("AWSRequestId", requestId);
        return JsonWriter.text(record) + "\n";
    }

    private static void write(String text) {
        frame(TEXT, Main.bytes(text));
    }

    private static synchronized void frame(byte kind, byte[] message) {
        try {
            markBoundary();
            send(kind, message);
        } catch (IOException gone) {
            // Nobody reads it any more.
        }
    }

    private static void markBoundary() throws IOException {
        if (isBoundaryDue) {
            isBoundaryDue = false;
            send(BOUNDARY, requestId.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void send(byte kind, byte[] message) throws IOException {
        byte[] whole = new byte[HEAD_BYTES + message.length];
        whole[0] = (byte) 0xa5;
        whole[1] = 0x5a;
        whole[3] = kind;
        number(whole, 4, 4, message.length);
        number(whole, 8, 8, kind == BOUNDARY ? 0 : System.currentTimeMillis() * 1000);
        System.arraycopy(message, 0, whole, HEAD_BYTES, message.length);
        PIPE.write(whole);
    }

    private static void number(byte[] whole, int at, int bytes, long value) {
        for (int index = 0; index < bytes; index++) {
            whole[at + index] = (byte) (value >>> (8 * (bytes - 1 - index)));
        }
    }
}
