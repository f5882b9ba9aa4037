package crossway.runtime;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;

/** What a class says of the type parameters of an interface far above it. */
final class Generics {
    private Generics() {}

    /** The type arguments that `kind` gives `wanted`; null when it gives it none. */
    static Type[] arguments(Class<?> kind, Class<?> wanted) {
        return search(kind, wanted, new HashMap<TypeVariable<?>, Type>());
    }

    /** A type that values can be made of; null for a variable that is bound by nothing. */
    static Type bound(Type type) {
        if (!(type instanceof TypeVariable)) {
            return type;
        }
        for (Type bound : ((TypeVariable<?>) type).getBounds()) {
            if (bound != Object.class) {
                return bound;
            }
        }
        return null;
    }

    private static Type[] search(Type type, Class<?> wanted, Map<TypeVariable<?>, Type> known) {
        Class<?> raw = null;
        if (type instanceof Class) {
            raw = (Class<?>) type;
        } else if (type instanceof ParameterizedType) {
            raw = (Class<?>) ((ParameterizedType) type).getRawType();
        }
        if (raw == null || !wanted.isAssignableFrom(raw)) {
            return null;
        }
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            for (int index = 0; index < arguments.length; index++) {
                Type meant = known.get(arguments[index]);
                arguments[index] = meant == null ? arguments[index] : meant;
                known.put(raw.getTypeParameters()[index], arguments[index]);
            }
            if (raw == wanted) {
                return arguments;
            }
        }
        for (Type above : raw.getGenericInterfaces()) {
            Type[] found = search(above, wanted, known);
            if (found != null) {
                return found;
            }
        }
        return raw.getGenericSuperclass() == null
                ? null
                : search(raw.getGenericSuperclass(), wanted, known);
    }
}
