package crossway.runtime;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

/**
 * Java's times as AWS's serializer writes them: seconds with nine decimals, or an array of fields
 * (Jackson's JavaTimeModule with timestamps).
 */
final class Times {
    private Times() {}

    static boolean isTime(Object value) {
        return value.getClass().getName().startsWith("java.time.");
    }

    static void write(Object value, StringBuilder out) {
        if (value instanceof Instant) {
            Instant instant = (Instant) value;
            seconds(instant.getEpochSecond(), instant.getNano(), out);
        } else if (value instanceof OffsetDateTime) {
            write(((OffsetDateTime) value).toInstant(), out);
        } else if (value instanceof ZonedDateTime) {
            write(((ZonedDateTime) value).toInstant(), out);
        } else if (value instanceof Duration) {
            seconds(((Duration) value).getSeconds(), ((Duration) value).getNano(), out);
        } else if (value instanceof LocalDate) {
            out.append('[');
            date((LocalDate) value, out);
            out.append(']');
        } else if (value instanceof LocalTime) {
            out.append('[');
            time((LocalTime) value, out);
            out.append(']');
        } else if (value instanceof LocalDateTime) {
            out.append('[');
            date(((LocalDateTime) value).toLocalDate(), out);
            out.append(',');
            time(((LocalDateTime) value).toLocalTime(), out);
            out.append(']');
        } else {
            out.append('"').append(value).append('"');
        }
    }

    /** A moment out of seconds; null for kinds that are read from text only. */
    static Object read(BigDecimal seconds, Class<?> kind) {
        long whole = seconds.longValue();
        long nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
        if (kind == Instant.class) {
            return Instant.ofEpochSecond(whole, nanos);
        }
        if (kind == Duration.class) {
            return Duration.ofSeconds(whole, nanos);
        }
        Instant instant = Instant.ofEpochSecond(whole, nanos);
        if (kind == OffsetDateTime.class) {
            return OffsetDateTime.ofInstant(instant, java.time.ZoneOffset.UTC);
        }
        if (kind == ZonedDateTime.class) {
            return ZonedDateTime.ofInstant(instant, java.time.ZoneOffset.UTC);
        }
        return null;
    }

    private static void seconds(long seconds, int nanos, StringBuilder out) {
        out.append(BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9)).toPlainString());
    }

    private static void date(LocalDate date, StringBuilder out) {
        out.append(date.getYear()).append(',').append(date.getMonthValue());
        out.append(',').append(date.getDayOfMonth());
    }

    private static void time(LocalTime time, StringBuilder out) {
        out.append(time.getHour()).append(',').append(time.getMinute());
        if (time.getSecond() > 0 || time.getNano() > 0) {
            out.append(',').append(time.getSecond());
        }
        if (time.getNano() > 0) {
            out.append(',').append(time.getNano());
        }
    }
}
