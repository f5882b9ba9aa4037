package crossway.runtime;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes objects of what JSON says, as AWS's serializer is set up to: names that a class does not have
 * are ignored, a single value is a list where one is wanted, an empty text is no object.
 */
final class Binder {
    private Binder() {}

    /** `json` as a value of `type`. */
    static Object bind(Object json, Type type) {
        return bind(json, type, Collections.<TypeVariable<?>, Type>emptyMap());
    }

    private static Object bind(Object json, Type type, Map<TypeVariable<?>, Type> known) {
        if (type instanceof Class) {
            return bindClass(json, (Class<?>) type, type, known);
        }
        if (type instanceof ParameterizedType) {
            Class<?> raw = (Class<?>) ((ParameterizedType) type).getRawType();
            return bindClass(json, raw, type, known);
        }
        if (type instanceof TypeVariable) {
            Type meant = known.get(type);
            return bind(json, meant != null ? meant : ((TypeVariable<?>) type).getBounds()[0], known);
        }
        if (type instanceof WildcardType) {
            return bind(json, ((WildcardType) type).getUpperBounds()[0], known);
        }
        return array(json, ((GenericArrayType) type).getGenericComponentType(), known);
    }

    private static Object bindClass(
            Object json, Class<?> raw, Type type, Map<TypeVariable<?>, Type> known) {
        if (raw == Optional.class) {
            return json == null ? Optional.empty() : Optional.ofNullable(
                    bind(json, argument(type, 0), known));
        }
        if (json == null) {
            return Scalars.missing(raw);
        }
        if (raw == Object.class) {
            return Json.plain(json);
        }
        if (Scalars.isScalar(raw)) {
            Object one = json;
            if (json instanceof List && ((List<?>) json).size() == 1) {
                one = ((List<?>) json).get(0);
            }
            return Scalars.read(one, raw);
        }
        if (raw.isArray()) {
            return array(json, raw.getComponentType(), known);
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) {
            return collection(json, raw, argument(type, 0), known);
        }
        if (Map.class.isAssignableFrom(raw)) {
            return map(json, raw, type, known);
        }
        return object(json, raw, variables(raw, type, known));
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            if (index < arguments.length) {
                return arguments[index];
            }
        }
        return Object.class;
    }

    /** What the type variables of a class stand for, those of its superclasses included. */
    private static Map<TypeVariable<?>, Type> variables(
            Class<?> raw, Type type, Map<TypeVariable<?>, Type> known) {
        Map<TypeVariable<?>, Type> variables = new HashMap<>(known);
        Class<?> kind = raw;
        Type named = type;
        while (kind != null && kind != Object.class) {
            if (named instanceof ParameterizedType) {
                TypeVariable<?>[] names = kind.getTypeParameters();
                for (int index = 0; index < names.length; index++) {
                    Type meant = argument(named, index);
                    Type outer = meant instanceof TypeVariable ? variables.get(meant) : null;
                    variables.put(names[index], outer == null ? meant : outer);
                }
            }
            named = kind.getGenericSuperclass();
            kind = kind.getSuperclass();
        }
        return variables;
    }

    private static List<?> items(Object json) {
        if (json instanceof List) {
            return (List<?>) json;
        }
        return Collections.singletonList(json);
    }

    private static Object array(Object json, Type component, Map<TypeVariable<?>, Type> known) {
        if (component == byte.class && json instanceof String) {
            return Scalars.bytes((String) json);
        }
        if (component == char.class && json instanceof String) {
            return ((String) json).toCharArray();
        }
        List<?> items = items(json);
        Object array = Array.newInstance(raw(component, known), items.size());
        for (int index = 0; index < items.size(); index++) {
            Array.set(array, index, bind(items.get(index), component, known));
        }
        return array;
    }

    private static Class<?> raw(Type type, Map<TypeVariable<?>, Type> known) {
        if (type instanceof Class) {
            return (Class<?>) type;
        }
        if (type instanceof ParameterizedType) {
            return (Class<?>) ((ParameterizedType) type).getRawType();
        }
        Type meant = known.get(type);
        return meant == null ? Object.class : raw(meant, known);
    }

    private static Object collection(
            Object json, Class<?> raw, Type item, Map<TypeVariable<?>, Type> known) {
        if ("".equals(json)) {
            return null;
        }
        Collection<Object> collection = emptyCollection(raw);
        for (Object one : items(json)) {
            collection.add(bind(one, item, known));
        }
        return collection;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> emptyCollection(Class<?> raw) {
        if (!isAbstract(raw)) {
            return (Collection<Object>) make(raw);
        }
        if (raw.isAssignableFrom(ArrayList.class)) {
            return new ArrayList<>();
        }
        if (raw == Set.class) {
            return new HashSet<>();
        }
        if (SortedSet.class.isAssignableFrom(raw)) {
            return (Collection<Object>) (Collection<?>) new TreeSet<Object>();
        }
        if (raw == Queue.class || raw == Deque.class) {
            return new ArrayDeque<>();
        }
        if (raw.isAssignableFrom(LinkedHashSet.class)) {
            return new LinkedHashSet<>();
        }
        throw new IllegalArgumentException("no implementation of " + raw.getName() + " is known");
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object map(
            Object json, Class<?> raw, Type type, Map<TypeVariable<?>, Type> known) {
        if ("".equals(json)) {
            return null;
        }
        if (!(json instanceof Map)) {
            throw mismatch(json, raw);
        }
        Type keys = argument(type, 0);
        Map<Object, Object> map;
        if (raw == EnumMap.class) {
            map = new EnumMap((Class) keys);
        } else if (!isAbstract(raw)) {
            map = (Map<Object, Object>) make(raw);
        } else if (SortedMap.class.isAssignableFrom(raw)) {
            map = new TreeMap<>();
        } else {
            map = new LinkedHashMap<>();
        }
        Type values = argument(type, 1);
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) json).entrySet()) {
            map.put(bind(entry.getKey(), keys, known), bind(entry.getValue(), values, known));
        }
        return map;
    }

    private static Object object(Object json, Class<?> raw, Map<TypeVariable<?>, Type> known) {
        if ("".equals(json)) {
            return null;
        }
        if (!(json instanceof Map)) {
            if (json instanceof List && ((List<?>) json).size() <= 1) {
                List<?> single = (List<?>) json;
                return single.isEmpty() ? null : object(single.get(0), raw, known);
            }
            Object made = json instanceof String ? Scalars.parsed((String) json, raw) : null;
            if (made == null) {
                throw mismatch(json, raw);
            }
            return made;
        }
        Map<?, ?> members = (Map<?, ?>) json;
        if (Records.isRecord(raw)) {
            return record(members, raw, known);
        }
        if (isAbstract(raw)) {
            throw new IllegalArgumentException("Cannot construct instance of `" + raw.getName()
                    + "`: abstract types have no constructor that could be called");
        }
        Object bean = make(raw);
        Properties properties = Properties.of(raw);
        for (Map.Entry<?, ?> entry : members.entrySet()) {
            Property property = properties.writable((String) entry.getKey());
            if (property != null) {
                property.write(bean, bind(entry.getValue(), property.type(), known));
            }
        }
        return bean;
    }

    // UNVERIFIED: whether AWS's serializer makes records; one function of java21 would tell.
    private static Object record(
            Map<?, ?> members, Class<?> raw, Map<TypeVariable<?>, Type> known) {
        Method[] accessors = Records.accessors(raw);
        Object[] values = new Object[accessors.length];
        for (int index = 0; index < values.length; index++) {
            Object value = members.get(accessors[index].getName());
            values[index] = bind(value, Records.type(accessors[index]), known);
        }
        try {
            return Records.constructor(raw, accessors).newInstance(values);
        } catch (InvocationTargetException thrown) {
            throw Property.sneak(thrown.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean isAbstract(Class<?> kind) {
        return Modifier.isAbstract(kind.getModifiers());
    }

    private static Object make(Class<?> kind) {
        try {
            Constructor<?> constructor = kind.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (NoSuchMethodException none) {
            throw new IllegalArgumentException("Cannot construct instance of `" + kind.getName()
                    + "`: it has no constructor without parameters");
        } catch (InvocationTargetException thrown) {
            throw Property.sneak(thrown.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static IllegalArgumentException mismatch(Object json, Class<?> raw) {
        String found = json instanceof Map ? "an object"
                : json instanceof List ? "an array"
                : json instanceof String ? "a text"
                : json instanceof Boolean ? "a boolean" : "a number";
        return new IllegalArgumentException(
                "Cannot deserialize value of type `" + raw.getName() + "` from " + found);
    }
}
