package app;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Functions for the tests of the Java runtime; each is a handler of its own. */
public class Functions {
    public static class Untyped implements RequestHandler<Map<String, Object>, Object> {
        public Object handleRequest(Map<String, Object> event, Context context) {
            Map<String, Object> answer = new LinkedHashMap<>();
            for (Map.Entry<String, Object> entry : event.entrySet()) {
                Object value = entry.getValue();
                answer.put(entry.getKey(), value == null ? "null" : value.getClass().getSimpleName());
            }
            answer.put("saw", event);
            return answer;
        }
    }

    public enum Size { SMALL, LARGE }

    public static class Part {
        private String name;
        public int count;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    public static class Base<T> {
        private List<T> items;

        public List<T> getItems() {
            return items;
        }

        public void setItems(List<T> items) {
            this.items = items;
        }
    }

    public static class Order extends Base<Part> {
        private String orderId;
        private boolean urgent;
        private Size size;
        private BigDecimal price;
        private Map<String, Part> byName;
        private Instant at;
        private byte[] raw;
        private Optional<String> note = Optional.empty();
        private long hidden = 7;
        private String URL;

        public String getOrderId() { return orderId; }
        public void setOrderId(String orderId) { this.orderId = orderId; }
        public boolean isUrgent() { return urgent; }
        public void setUrgent(boolean urgent) { this.urgent = urgent; }
        public Size getSize() { return size; }
        public void setSize(Size size) { this.size = size; }
        public BigDecimal getPrice() { return price; }
        public void setPrice(BigDecimal price) { this.price = price; }
        public Map<String, Part> getByName() { return byName; }
        public void setByName(Map<String, Part> byName) { this.byName = byName; }
        public Instant getAt() { return at; }
        public void setAt(Instant at) { this.at = at; }
        public byte[] getRaw() { return raw; }
        public void setRaw(byte[] raw) { this.raw = raw; }
        public Optional<String> getNote() { return note; }
        public void setNote(Optional<String> note) { this.note = note; }
        public String getURL() { return URL; }
        public void setURL(String url) { this.URL = url; }
    }

    public static class Orders implements RequestHandler<Order, Order> {
        public Order handleRequest(Order order, Context context) {
            return order;
        }
    }

    abstract static class Middle<X> implements RequestHandler<List<X>, X> {
        public X handleRequest(List<X> parts, Context context) {
            return parts.get(0);
        }
    }

    public static class Inherited extends Middle<Part> {}

    public static class Nothing implements RequestHandler<String, Void> {
        public Void handleRequest(String text, Context context) {
            return null;
        }
    }

    public static class Streams implements RequestStreamHandler {
        public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
            int next;
            while ((next = in.read()) >= 0) {
                out.write(Character.toUpperCase(next));
            }
        }
    }

    public int twice(int number) {
        return 2 * number;
    }

    public static String joined(List<String> words, Context context) {
        return String.join("-", words) + ":" + context.getFunctionName();
    }

    public static String overloaded(String one) {
        return "short";
    }

    public static String overloaded(String one, Context context) {
        return "with context";
    }

    public static void bytes(InputStream in, OutputStream out) throws IOException {
        out.write(in.readAllBytes().length);
    }

    public static List<String> none() {
        return Collections.emptyList();
    }

    private static int calls;

    public static int counted(Map<String, Object> event) {
        return ++calls;
    }

    public static Map<String, Object> context(Object event, Context context) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("id", context.getAwsRequestId());
        seen.put("arn", context.getInvokedFunctionArn());
        seen.put("name", context.getFunctionName());
        seen.put("version", context.getFunctionVersion());
        seen.put("memory", context.getMemoryLimitInMB());
        seen.put("group", context.getLogGroupName());
        seen.put("stream", context.getLogStreamName());
        seen.put("left", context.getRemainingTimeInMillis());
        seen.put("title", context.getClientContext().getClient().getAppTitle());
        seen.put("custom", context.getClientContext().getCustom());
        seen.put("identity", context.getIdentity());
        seen.put("trace", System.getProperty("com.amazonaws.xray.traceHeader"));
        return seen;
    }

    public static class Failing implements RequestHandler<String, String> {
        public String handleRequest(String text, Context context) {
            if (text.equals("checked")) {
                throw Functions.<RuntimeException>sneak(new IOException("m", new Error("cause")));
            }
            if (text.equals("empty")) {
                throw new IllegalStateException();
            }
            if (text.equals("deep")) {
                return handleRequest("deep", context);
            }
            if (text.equals("memory")) {
                List<byte[]> all = new ArrayList<>();
                while (true) {
                    all.add(new byte[8 << 20]);
                }
            }
            if (text.equals("exit")) {
                System.exit(3);
            }
            return text;
        }
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    public static class Unmakeable {
        public Unmakeable() {
            throw new IllegalArgumentException("not today");
        }

        public String run() {
            return "";
        }
    }

    public static class Unloadable implements RequestHandler<String, String> {
        static final int NUMBER = Integer.parseInt("x");

        public String handleRequest(String text, Context context) {
            return text + NUMBER;
        }
    }

    public static class Private {
        private Private() {}

        public String run() {
            return "";
        }
    }

    @SuppressWarnings("rawtypes")
    public static class Raw implements RequestHandler {
        public Object handleRequest(Object event, Context context) {
            return event;
        }
    }

    public static Object itself() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }

    public static void logs(Object event, Context context) {
        System.out.println("one");
        context.getLogger().log("two\nlines");
        System.err.print("no newline");
        context.getLogger().log("ä", LogLevel.WARN);
        context.getLogger().log("debug", LogLevel.DEBUG);
        System.out.print("last");
    }

    public static Map<String, Object> machine() throws Exception {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("heap", Runtime.getRuntime().maxMemory() >> 20);
        seen.put("property", System.getProperty("given"));
        seen.put("temporary", java.io.File.createTempFile("abc", "b").exists());
        seen.put("version", Runtime.version().feature());
        seen.put("encoding", java.nio.charset.Charset.defaultCharset().name());
        seen.put("tls", javax.net.ssl.SSLContext.getDefault().getProtocol());
        return seen;
    }

    public static String library() throws Exception {
        return String.valueOf(Class.forName("library.Value").getField("VALUE").get(null));
    }

    /** Calls what only the function's own copy of the interface has. */
    public static Object own(Object event, Context context) throws Exception {
        return Context.class.getMethod("own").invoke(context);
    }

    public static void sleeps() throws Exception {
        Thread.sleep(60_000);
    }
}
