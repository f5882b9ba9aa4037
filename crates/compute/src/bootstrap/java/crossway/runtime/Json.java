package crossway.runtime;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON into maps, lists, texts, booleans, nulls and {@link Json.Number}s. */
final class Json {
    /** As deep as AWS's parser (Jackson) reads. */
    private static final int DEPTH_MAX = 1_000;

    /** Characters of a number, as many as AWS's parser reads: longer ones are dear to convert. */
    private static final int NUMBER_LENGTH_MAX = 1_000;

    /** Digits that an exponent may add, for the same reason. */
    private static final int SCALE_MAX = 100_000;

    /** A number whose type is not decided yet. */
    static final class Number {
        final String text;

        Number(String text) {
            this.text = text;
        }

        boolean isWhole() {
            return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
        }

        BigDecimal decimal() {
            return Json.decimal(text);
        }

        /** The smallest type that holds it: an int, a long, a BigInteger or a double. */
        java.lang.Number plain() {
            if (!isWhole()) {
                return Double.valueOf(text);
            }
            if (text.length() < 19) {
                long value = Long.parseLong(text);
                if (value == (int) value) {
                    return Integer.valueOf((int) value);
                }
                return Long.valueOf(value);
            }
            BigInteger value = new BigInteger(text);
            if (value.bitLength() < Long.SIZE) {
                return Long.valueOf(value.longValue());
            }
            return value;
        }
    }

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** The value that `text` holds. */
    static Object parse(String text) {
        Json reader = new Json(text);
        Object value = reader.value(0);
        if (reader.peek() != 0 || reader.at < text.length()) {
            throw reader.unexpected();
        }
        return value;
    }

    static BigDecimal decimal(String text) {
        if (text.length() > NUMBER_LENGTH_MAX) {
            throw new IllegalArgumentException("Number value length (" + text.length()
                    + ") exceeds the maximum allowed (" + NUMBER_LENGTH_MAX + ")");
        }
        BigDecimal decimal = new BigDecimal(text);
        if (Math.abs((long) decimal.scale()) > SCALE_MAX) {
            throw new IllegalArgumentException("the exponent of a number exceeds " + SCALE_MAX);
        }
        return decimal;
    }

    /** The value with numbers of Java's types, changed in place. */
    @SuppressWarnings("unchecked")
    static Object plain(Object value) {
        if (value instanceof Number) {
            return ((Number) value).plain();
        }
        if (value instanceof Map) {
            for (Map.Entry<String, Object> entry : ((Map<String, Object>) value).entrySet()) {
                entry.setValue(plain(entry.getValue()));
            }
        } else if (value instanceof List) {
            List<Object> list = (List<Object>) value;
            for (int index = 0; index < list.size(); index++) {
                list.set(index, plain(list.get(index)));
            }
        }
        return value;
    }

    private Object value(int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("JSON is nested deeper than " + DEPTH_MAX);
        }
        switch (peek()) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        if (peek() == '}') {
            at++;
            return object;
        }
        while (true) {
            if (peek() != '"') {
                throw unexpected();
            }
            String name = string();
            expect(':');
            object.put(name, value(depth + 1));
            if (peek() == '}') {
                at++;
                return object;
            }
            expect(',');
        }
    }

    private List<Object> array(int depth) {
        List<Object> array = new ArrayList<>();
        at++;
        if (peek() == ']') {
            at++;
            return array;
        }
        while (true) {
            array.add(value(depth + 1));
            if (peek() == ']') {
                at++;
                return array;
            }
            expect(',');
        }
    }

    private String string() {
        int from = ++at;
        while (at < text.length()) {
            char here = text.charAt(at);
            if (here == '"') {
                return text.substring(from, at++);
            }
            if (here == '\\') {
                return escaped(from);
            }
            at++;
        }
        throw unexpected();
    }

    private String escaped(int from) {
        StringBuilder out = new StringBuilder(text.length() - from < 256 ? 64 : 256);
        out.append(text, from, at);
        while (at < text.length()) {
            char here = text.charAt(at++);
            if (here == '"') {
                return out.toString();
            }
            out.append(here == '\\' ? escape() : here);
        }
        throw unexpected();
    }

    private char escape() {
        if (at >= text.length()) {
            throw unexpected();
        }
        char here = text.charAt(at++);
        switch (here) {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                if (at + 4 > text.length()) {
                    throw unexpected();
                }
                at += 4;
                return (char) Integer.parseInt(text.substring(at - 4, at), 16);
            default:
                return here;
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected();
        }
        at += word.length();
        return value;
    }

    private Number number() {
        int from = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(from, at);
        try {
            decimal(number);
        } catch (NumberFormatException none) {
            at = from;
            throw unexpected();
        }
        return new Number(number);
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw unexpected();
        }
        at++;
    }

    /** The next character that is not space; 0 at the end. */
    private char peek() {
        while (at < text.length()) {
            char here = text.charAt(at);
            if (here != ' ' && here != '\n' && here != '\r' && here != '\t') {
                return here;
            }
            at++;
        }
        return 0;
    }

    private IllegalArgumentException unexpected() {
        String what = at < text.length() ? "`" + text.charAt(at) + "`" : "end";
        return new IllegalArgumentException("Unexpected " + what + " in JSON at position " + at);
    }
}
