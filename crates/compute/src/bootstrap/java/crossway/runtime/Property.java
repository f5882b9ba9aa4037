package crossway.runtime;

import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** A member of a class that JSON can hold. */
final class Property {
    final String name;
    Method getter;
    Method setter;
    /** Only a public one is read and written. */
    Field field;

    Property(String name) {
        this.name = name;
    }

    boolean isReadable() {
        return getter != null || field != null;
    }

    boolean isWritable() {
        return setter != null || field != null;
    }

    Type type() {
        return setter != null ? setter.getGenericParameterTypes()[0] : field.getGenericType();
    }

    Object read(Object bean) {
        try {
            return getter != null ? getter.invoke(bean) : field.get(bean);
        } catch (InvocationTargetException thrown) {
            throw sneak(thrown.getCause());
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void write(Object bean, Object value) {
        try {
            if (setter != null) {
                setter.invoke(bean, value);
            } else {
                field.set(bean, value);
            }
        } catch (InvocationTargetException thrown) {
            throw sneak(thrown.getCause());
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Throws whatever it is, declared or not. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> UncheckedIOException sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
