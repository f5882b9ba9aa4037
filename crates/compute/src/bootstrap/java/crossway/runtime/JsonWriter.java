package crossway.runtime;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Calendar;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Writes objects as JSON: as AWS's serializer does, members that are null are left out, dates are
 * milliseconds and bytes are base64.
 */
final class JsonWriter {
    /** As deep as AWS's serializer (Jackson) writes. */
    private static final int DEPTH_MAX = 1_000;

    private final StringBuilder out = new StringBuilder(256);

    private JsonWriter() {}

    static String text(Object value) {
        JsonWriter writer = new JsonWriter();
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(Object value, int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("nested deeper than " + DEPTH_MAX
                    + ": does an object hold itself?");
        }
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof CharSequence || value instanceof Character) {
            string(value.toString());
        } else if (value instanceof Number) {
            number((Number) value);
        } else if (value instanceof Map) {
            map((Map<?, ?>) value, depth);
        } else if (value instanceof Iterable) {
            list(((Iterable<?>) value).iterator(), depth);
        } else if (value instanceof Iterator) {
            list((Iterator<?>) value, depth);
        } else if (value.getClass().isArray()) {
            array(value, depth);
        } else if (value instanceof Enum) {
            string(((Enum<?>) value).name());
        } else {
            other(value, depth);
        }
    }

    private void other(Object value, int depth) {
        if (value instanceof Optional) {
            value(((Optional<?>) value).orElse(null), depth);
        } else if (value instanceof Date) {
            out.append(((Date) value).getTime());
        } else if (value instanceof Calendar) {
            out.append(((Calendar) value).getTimeInMillis());
        } else if (value instanceof ByteBuffer) {
            ByteBuffer bytes = ((ByteBuffer) value).slice();
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            string(Base64.getEncoder().encodeToString(copy));
        } else if (Times.isTime(value)) {
            Times.write(value, out);
        } else if (value.getClass().getName().startsWith("java.")) {
            // UUID, URI, Locale, Currency and the like read back from their text.
            string(value.toString());
        } else {
            bean(value, depth);
        }
    }

    private void number(Number value) {
        boolean isDouble = value instanceof Double || value instanceof Float;
        double number = value.doubleValue();
        if (isDouble && (Double.isNaN(number) || Double.isInfinite(number))) {
            string(value.toString());
        } else {
            out.append(value);
        }
    }

    private void map(Map<?, ?> map, int depth) {
        out.append('{');
        boolean isFirst = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() != null) {
                Object key = entry.getKey();
                name(key instanceof Enum ? ((Enum<?>) key).name() : String.valueOf(key), isFirst);
                value(entry.getValue(), depth + 1);
                isFirst = false;
            }
        }
        out.append('}');
    }

    private void bean(Object bean, int depth) {
        out.append('{');
        boolean isFirst = true;
        for (Property property : Properties.of(bean.getClass()).readable) {
            Object value = property.read(bean);
            if (value != null) {
                name(property.name, isFirst);
                value(value, depth + 1);
                isFirst = false;
            }
        }
        out.append('}');
    }

    private void name(String name, boolean isFirst) {
        if (!isFirst) {
            out.append(',');
        }
        string(name);
        out.append(':');
    }

    private void list(Iterator<?> items, int depth) {
        out.append('[');
        boolean isFirst = true;
        while (items.hasNext()) {
            if (!isFirst) {
                out.append(',');
            }
            value(items.next(), depth + 1);
            isFirst = false;
        }
        out.append(']');
    }

    private void array(Object array, int depth) {
        if (array instanceof byte[]) {
            string(Base64.getEncoder().encodeToString((byte[]) array));
            return;
        }
        if (array instanceof char[]) {
            string(new String((char[]) array));
            return;
        }
        out.append('[');
        for (int index = 0; index < Array.getLength(array); index++) {
            if (index > 0) {
                out.append(',');
            }
            value(Array.get(array, index), depth + 1);
        }
        out.append(']');
    }

    private void string(String text) {
        out.append('"');
        for (int index = 0; index < text.length(); index++) {
            char here = text.charAt(index);
            if (here == '"' || here == '\\') {
                out.append('\\').append(here);
            } else if (here < ' ') {
                control(here);
            } else {
                out.append(here);
            }
        }
        out.append('"');
    }

    private void control(char here) {
        int known = "\b\f\n\r\t".indexOf(here);
        if (known >= 0) {
            out.append('\\').append("bfnrt".charAt(known));
        } else {
            out.append("\\u00").append(here < 16 ? '0' : '1').append("0123456789ABCDEF".charAt(here & 15));
        }
    }
}
