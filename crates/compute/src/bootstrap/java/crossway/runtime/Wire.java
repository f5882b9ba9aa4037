package crossway.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** The connection to Crossway: AWS's Runtime API over the socket on descriptor 3. */
final class Wire {
    private static final int DESCRIPTOR = 3;
    private static final String API = "/2018-06-01/runtime/";
    private static final byte[] NEXT =
            Main.bytes("GET " + API + "invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n");
    private static final int READ_BYTES = 8_192;

    private final FileInputStream input;
    private final FileOutputStream output;
    private byte[] buffer = new byte[READ_BYTES];
    private int start;
    private int end;

    private Wire(FileDescriptor descriptor) {
        input = new FileInputStream(descriptor);
        output = new FileOutputStream(descriptor);
    }

    /** Java has no other way to a descriptor that it did not open; `--add-opens` allows this one. */
    static Wire open() throws ReflectiveOperationException {
        Constructor<FileDescriptor> make =
                FileDescriptor.class.getDeclaredConstructor(Integer.TYPE);
        make.setAccessible(true);
        return new Wire(make.newInstance(DESCRIPTOR));
    }

    /** Asks for the next event. */
    void next() {
        send(NEXT, NEXT.length);
    }

    /** Posts to a path of the Runtime API; in the same write, asks for the next event. */
    void post(String path, byte[] body, String errorType, boolean asksForNext) {
        String kind = errorType == null
                ? ""
                : "Lambda-Runtime-Function-Error-Type: " + errorType + "\r\n";
        byte[] head = Main.bytes("POST " + API + path + " HTTP/1.1\r\nHost: runtime\r\n" + kind
                + "Content-Length: " + body.length + "\r\n\r\n");
        int size = head.length + body.length;
        byte[] whole = Arrays.copyOf(head, asksForNext ? size + NEXT.length : size);
        System.arraycopy(body, 0, whole, head.length, body.length);
        if (asksForNext) {
            System.arraycopy(NEXT, 0, whole, size, NEXT.length);
        }
        send(whole, whole.length);
    }

    /** The next event; answers to what was posted carry nothing to act on. */
    Event event() {
        try {
            while (true) {
                Map<String, String> headers = head();
                byte[] body = take(length(headers));
                String requestId = headers.get("lambda-runtime-aws-request-id");
                if (requestId != null) {
                    return new Event(requestId, headers, body);
                }
            }
        } catch (IOException gone) {
            throw vanish();
        }
    }

    private static int length(Map<String, String> headers) {
        String length = headers.get("content-length");
        return length == null ? 0 : Integer.parseInt(length);
    }

    private Map<String, String> head() throws IOException {
        int at = start;
        while (!isHeadEnd(at)) {
            if (at + 4 > end) {
                int from = start;
                fill();
                at -= from - start;
            } else {
                at++;
            }
        }
        String text = new String(buffer, start, at - start, StandardCharsets.UTF_8);
        start = at + 4;
        Map<String, String> headers = new HashMap<>();
        int line = text.indexOf("\r\n");
        while (line >= 0) {
            int next = text.indexOf("\r\n", line + 2);
            String header = text.substring(line + 2, next < 0 ? text.length() : next);
            int colon = header.indexOf(": ");
            if (colon > 0) {
                String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
                headers.put(name, header.substring(colon + 2));
            }
            line = next;
        }
        return headers;
    }

    private boolean isHeadEnd(int at) {
        return at + 4 <= end
                && buffer[at] == '\r'
                && buffer[at + 1] == '\n'
                && buffer[at + 2] == '\r'
                && buffer[at + 3] == '\n';
    }

    private byte[] take(int length) throws IOException {
        byte[] body = new byte[length];
        int filled = Math.min(length, end - start);
        System.arraycopy(buffer, start, body, 0, filled);
        start += filled;
        while (filled < length) {
            int read = input.read(body, filled, length - filled);
            if (read < 0) {
                throw new IOException("closed");
            }
            filled += read;
        }
        return body;
    }

    /** Reads more behind what is there. */
    private void fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * end);
        }
        int read = input.read(buffer, end, Math.min(READ_BYTES, buffer.length - end));
        if (read < 0) {
            throw new IOException("closed");
        }
        end += read;
    }

    private void send(byte[] bytes, int length) {
        try {
            output.write(bytes, 0, length);
        } catch (IOException gone) {
            throw vanish();
        }
    }

    /** Crossway is gone: so is this worker, and whatever it started. */
    private static Error vanish() {
        Iterator<ProcessHandle> started = ProcessHandle.current().descendants().iterator();
        while (started.hasNext()) {
            started.next().destroyForcibly();
        }
        Runtime.getRuntime().halt(1);
        return new Error();
    }
}
