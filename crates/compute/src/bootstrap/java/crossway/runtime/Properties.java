package crossway.runtime;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The members of a class: public fields, public getters, setters of any visibility, named as
 * JavaBeans are (`getURL` is `URL`, `getName` is `name`). Annotations are not looked at: AWS's
 * serializer does not see the function's either.
 */
final class Properties {
    private static final Map<Class<?>, Properties> KNOWN = new ConcurrentHashMap<>();

    /** In the order of the class's fields, those without a field last. */
    final List<Property> readable = new ArrayList<>();

    private final Map<String, Property> writable = new LinkedHashMap<>();
    private final boolean isCaseIgnored;

    private Properties(Class<?> kind) {
        // The classes of aws-lambda-java-events write some names otherwise than AWS's events do.
        isCaseIgnored = kind.getName().startsWith("com.amazonaws.services.lambda.runtime.events.");
        Map<String, Property> all = new LinkedHashMap<>();
        fields(kind, all);
        methods(kind, all);
        for (Property property : all.values()) {
            if (property.isReadable()) {
                readable.add(property);
            }
            if (property.isWritable()) {
                writable.put(key(property.name), property);
            }
        }
    }

    static Properties of(Class<?> kind) {
        Properties known = KNOWN.get(kind);
        if (known == null) {
            known = new Properties(kind);
            KNOWN.put(kind, known);
        }
        return known;
    }

    /** The member that a name of JSON goes to; null when there is none. */
    Property writable(String name) {
        return writable.get(key(name));
    }

    private String key(String name) {
        return isCaseIgnored ? name.toLowerCase(Locale.ROOT) : name;
    }

    private static void fields(Class<?> kind, Map<String, Property> all) {
        if (kind == null || kind == Object.class) {
            return;
        }
        fields(kind.getSuperclass(), all);
        for (Field field : kind.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers)) {
                Property property = property(all, field.getName());
                if (Modifier.isPublic(modifiers)) {
                    field.setAccessible(true);
                    property.field = field;
                }
            }
        }
    }

    private static void methods(Class<?> kind, Map<String, Property> all) {
        for (Class<?> one = kind; one != null && one != Object.class; one = one.getSuperclass()) {
            for (Method method : one.getDeclaredMethods()) {
                boolean isOwn = !Modifier.isStatic(method.getModifiers()) && !method.isBridge();
                if (isOwn && !method.isSynthetic()) {
                    method(method, all);
                }
            }
        }
        for (Method accessor : Records.accessors(kind)) {
            Property property = property(all, accessor.getName());
            accessor.setAccessible(true);
            property.getter = accessor;
        }
    }

    private static void method(Method method, Map<String, Property> all) {
        String name = method.getName();
        int parameters = method.getParameterCount();
        Class<?> result = method.getReturnType();
        boolean isPublic = Modifier.isPublic(method.getModifiers());
        if (parameters == 1 && name.startsWith("set") && name.length() > 3) {
            Property property = property(all, decapitalized(name, 3));
            if (property.setter == null) {
                method.setAccessible(true);
                property.setter = method;
            }
        } else if (parameters == 0 && isPublic && result != void.class) {
            boolean isTruth = result == boolean.class || result == Boolean.class;
            int prefix = name.startsWith("get") ? 3 : name.startsWith("is") && isTruth ? 2 : 0;
            if (prefix > 0 && name.length() > prefix) {
                Property property = property(all, decapitalized(name, prefix));
                if (property.getter == null) {
                    method.setAccessible(true);
                    property.getter = method;
                }
            }
        }
    }

    private static Property property(Map<String, Property> all, String name) {
        Property property = all.get(name);
        if (property == null) {
            property = new Property(name);
            all.put(name, property);
        }
        return property;
    }

    /** `getURL` is `URL`, as in the JavaBeans specification, 8.8. */
    private static String decapitalized(String method, int from) {
        String name = method.substring(from);
        if (name.length() > 1 && Character.isUpperCase(name.charAt(0))
                && Character.isUpperCase(name.charAt(1))) {
            return name;
        }
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }
}
