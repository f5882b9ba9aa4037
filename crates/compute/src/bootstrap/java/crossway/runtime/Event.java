package crossway.runtime;

import java.util.Map;

/** One event, as it came over the wire. */
final class Event {
    final String requestId;
    final byte[] body;
    private final Map<String, String> headers;

    Event(String requestId, Map<String, String> headers, byte[] body) {
        this.requestId = requestId;
        this.headers = headers;
        this.body = body;
    }

    /** A header by its name in lower case; null when it was not sent. */
    String header(String name) {
        return headers.get(name);
    }
}
