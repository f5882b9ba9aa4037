package crossway.runtime;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** Records, by reflection: this runtime is compiled for Java 11, which has none. */
final class Records {
    private static final Method IS_RECORD = method(Class.class, "isRecord");
    private static final Method COMPONENTS = method(Class.class, "getRecordComponents");

    private Records() {}

    private static Method method(Class<?> kind, String name) {
        try {
            return kind.getMethod(name);
        } catch (NoSuchMethodException older) {
            return null;
        }
    }

    static boolean isRecord(Class<?> kind) {
        try {
            return IS_RECORD != null && (Boolean) IS_RECORD.invoke(kind);
        } catch (ReflectiveOperationException impossible) {
            return false;
        }
    }

    /** The accessors of a record's components, in order; none of what is no record. */
    static Method[] accessors(Class<?> kind) {
        if (!isRecord(kind)) {
            return new Method[0];
        }
        try {
            AnnotatedElement[] components = (AnnotatedElement[]) COMPONENTS.invoke(kind);
            Method[] accessors = new Method[components.length];
            for (int index = 0; index < components.length; index++) {
                accessors[index] = (Method)
                        components[index].getClass().getMethod("getAccessor").invoke(components[index]);
            }
            return accessors;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The constructor that takes every component. */
    static Constructor<?> constructor(Class<?> kind, Method[] accessors)
            throws NoSuchMethodException {
        Class<?>[] types = new Class<?>[accessors.length];
        for (int index = 0; index < types.length; index++) {
            types[index] = accessors[index].getReturnType();
        }
        Constructor<?> constructor = kind.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    static Type type(Method accessor) {
        return accessor.getGenericReturnType();
    }
}
