package crossway.runtime;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.UUID;

/** Values without parts: texts, numbers, truths, moments, enums, bytes. */
final class Scalars {
    private Scalars() {}

    static boolean isScalar(Class<?> kind) {
        return kind.isPrimitive()
                || kind == String.class
                || kind == CharSequence.class
                || kind == Boolean.class
                || kind == Character.class
                || Number.class.isAssignableFrom(kind)
                || kind.isEnum()
                || kind == Date.class
                || kind == UUID.class
                || kind == URI.class
                || kind == ByteBuffer.class
                || kind.getName().startsWith("java.time.");
    }

    /** What stands for null: nothing, or the default of a primitive type. */
    static Object missing(Class<?> kind) {
        return kind.isPrimitive() && kind != void.class ? read("", kind) : null;
    }

    static Object read(Object json, Class<?> kind) {
        if (json instanceof Map || json instanceof java.util.List) {
            throw Binder.mismatch(json, kind);
        }
        String text = json instanceof Json.Number ? ((Json.Number) json).text : json.toString();
        if (kind == String.class || kind == CharSequence.class) {
            return text;
        }
        if (kind == boolean.class || kind == Boolean.class) {
            return truth(json, text, kind);
        }
        if (kind == char.class || kind == Character.class) {
            return text.isEmpty() ? (kind == char.class ? (Object) '\0' : null) : text.charAt(0);
        }
        if (kind.isEnum()) {
            return constant(json, text, kind);
        }
        if (kind.isPrimitive() || Number.class.isAssignableFrom(kind)) {
            return number(json, text.trim(), kind);
        }
        if (text.isEmpty()) {
            return null;
        }
        return other(json, text, kind);
    }

    private static Object truth(Object json, String text, Class<?> kind) {
        if (text.isEmpty()) {
            return kind == boolean.class ? Boolean.FALSE : null;
        }
        if (json instanceof Json.Number) {
            return ((Json.Number) json).decimal().signum() != 0;
        }
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        throw Binder.mismatch(json, kind);
    }

    private static Object constant(Object json, String text, Class<?> kind) {
        Object[] constants = kind.getEnumConstants();
        if (json instanceof Json.Number) {
            int index = ((Json.Number) json).decimal().intValue();
            return index >= 0 && index < constants.length ? constants[index] : null;
        }
        for (Object constant : constants) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        // Names that the class does not have are nothing.
        return null;
    }

    private static Object number(Object json, String text, Class<?> kind) {
        if (text.isEmpty()) {
            return kind.isPrimitive() ? number(json, "0", kind) : null;
        }
        if (json instanceof Boolean) {
            throw Binder.mismatch(json, kind);
        }
        try {
            if (kind == double.class || kind == Double.class) {
                return Double.valueOf(text);
            }
            if (kind == float.class || kind == Float.class) {
                return Float.valueOf(text);
            }
            BigDecimal decimal = Json.decimal(text);
            if (kind == BigDecimal.class) {
                return decimal;
            }
            if (kind == Number.class) {
                return new Json.Number(text).plain();
            }
            return whole(decimal, kind);
        } catch (ArithmeticException | NumberFormatException wrong) {
            throw new IllegalArgumentException("Numeric value (" + text + ") out of range of "
                    + kind.getSimpleName());
        }
    }

    private static Object whole(BigDecimal decimal, Class<?> kind) {
        // Decimals are cut off, too large numbers are refused.
        BigInteger whole = decimal.toBigInteger();
        if (kind == int.class || kind == Integer.class) {
            return whole.intValueExact();
        }
        if (kind == long.class || kind == Long.class) {
            return whole.longValueExact();
        }
        if (kind == short.class || kind == Short.class) {
            return whole.shortValueExact();
        }
        if (kind == byte.class || kind == Byte.class) {
            return whole.byteValueExact();
        }
        if (kind == BigInteger.class) {
            return whole;
        }
        throw new IllegalArgumentException("numbers of " + kind.getName() + " are not known");
    }

    private static Object other(Object json, String text, Class<?> kind) {
        boolean isNumber = json instanceof Json.Number;
        if (kind == Date.class) {
            return isNumber
                    ? new Date(((Json.Number) json).decimal().longValue())
                    : Date.from(java.time.OffsetDateTime.parse(text).toInstant());
        }
        if (kind == UUID.class) {
            return UUID.fromString(text);
        }
        if (kind == URI.class) {
            return URI.create(text);
        }
        if (kind == ByteBuffer.class) {
            return ByteBuffer.wrap(bytes(text));
        }
        if (isNumber) {
            Object time = Times.read(((Json.Number) json).decimal(), kind);
            if (time == null) {
                throw Binder.mismatch(json, kind);
            }
            return time;
        }
        if (kind == Instant.class) {
            return java.time.OffsetDateTime.parse(text).toInstant();
        }
        Object parsed = parsed(text, kind);
        if (parsed == null) {
            throw Binder.mismatch(json, kind);
        }
        return parsed;
    }

    static byte[] bytes(String text) {
        return Base64.getDecoder().decode(text);
    }

    /** What a class's own `parse` makes of a text (java.time, Joda); null when it has none. */
    static Object parsed(String text, Class<?> kind) {
        for (Class<?> parameter : new Class<?>[] {CharSequence.class, String.class}) {
            try {
                Method parse = kind.getMethod("parse", parameter);
                if (Modifier.isStatic(parse.getModifiers()) && kind == parse.getReturnType()) {
                    return parse.invoke(null, text);
                }
            } catch (InvocationTargetException thrown) {
                throw Property.sneak(thrown.getCause());
            } catch (ReflectiveOperationException none) {
                // The other one, perhaps.
            }
        }
        return null;
    }
}
