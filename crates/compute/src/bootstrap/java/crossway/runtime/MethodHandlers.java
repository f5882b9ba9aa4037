package crossway.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Functions that are a method of their class, by its name: a value, a context, streams, in AWS's
 * order and each of them optional.
 */
final class MethodHandlers {
    private MethodHandlers() {}

    static Handler load(Class<?> kind, String name) {
        Method[] all;
        try {
            all = kind.getMethods();
        } catch (NoClassDefFoundError absent) {
            String message = "Error loading method " + name + " on class " + kind.getName();
            throw new Fault(message, absent, false);
        }
        List<Method> named = new ArrayList<>();
        for (Method method : all) {
            if (method.getName().equals(name)) {
                named.add(method);
            }
        }
        Collections.sort(named, LONGEST_FIRST);
        for (Method method : named) {
            Handler handler = handler(kind, method);
            if (handler != null) {
                return handler;
            }
        }
        throw new Fault("No public method named " + name
                + " with appropriate method signature found on class " + kind.getName());
    }

    /** Of overloads AWS takes the longest, one with a context before one that is as long. */
    private static final Comparator<Method> LONGEST_FIRST = new Comparator<Method>() {
        @Override
        public int compare(Method left, Method right) {
            if (left.isBridge() != right.isBridge()) {
                return left.isBridge() ? 1 : -1;
            }
            return Integer.compare(length(right), length(left));
        }

        private int length(Method method) {
            Class<?>[] types = method.getParameterTypes();
            boolean hasContext = types.length > 0 && types[types.length - 1] == Context.class;
            return hasContext ? types.length + 1 : types.length;
        }
    };

    /** The method as a function; null when its parameters are none of a handler. */
    private static Handler handler(Class<?> kind, Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean hasContext = types.length > 0 && types[types.length - 1] == Context.class;
        int values = hasContext ? types.length - 1 : types.length;
        boolean hasInput = values > 0 && types[0] == InputStream.class;
        boolean hasOutput = values > 0 && types[values - 1] == OutputStream.class;
        boolean isStreams = values == (hasInput ? 1 : 0) + (hasOutput ? 1 : 0) && values > 0;
        if (isStreams) {
            return new StreamMethod(target(kind, method), method, hasInput, hasOutput, hasContext);
        }
        if (values > 1 || hasInput || hasOutput || (values == 1 && types[0] == Context.class)) {
            System.err.println("Ignoring an overload of method " + method.getName()
                    + " because its parameters are not those of a handler");
            return null;
        }
        Type input = values == 0 ? null : method.getGenericParameterTypes()[0];
        return new ValueMethod(target(kind, method), method, input, hasContext);
    }

    private static Object target(Class<?> kind, Method method) {
        // A public method of a class that is not public itself.
        method.setAccessible(true);
        return Modifier.isStatic(method.getModifiers()) ? null : Handlers.instance(kind);
    }

    private static Object invoke(Method method, Object target, List<Object> arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments.toArray());
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private static final class ValueMethod extends ValueHandler {
        private final Object target;
        private final Method method;
        private final boolean hasInput;
        private final boolean hasContext;

        ValueMethod(Object target, Method method, Type input, boolean hasContext) {
            super(input, method.getGenericReturnType());
            this.target = target;
            this.method = method;
            this.hasInput = input != null;
            this.hasContext = hasContext;
        }

        @Override
        Object handle(Object value, Context context) throws Throwable {
            List<Object> arguments = new ArrayList<>(2);
            if (hasInput) {
                arguments.add(value);
            }
            if (hasContext) {
                arguments.add(context);
            }
            return invoke(method, target, arguments);
        }
    }

    private static final class StreamMethod implements Handler {
        private final Object target;
        private final Method method;
        private final boolean hasInput;
        private final boolean hasOutput;
        private final boolean hasContext;

        StreamMethod(
                Object target,
                Method method,
                boolean hasInput,
                boolean hasOutput,
                boolean hasContext) {
            this.target = target;
            this.method = method;
            this.hasInput = hasInput;
            this.hasOutput = hasOutput;
            this.hasContext = hasContext;
        }

        @Override
        public byte[] call(byte[] event, Invocation invocation) throws Throwable {
            ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
            List<Object> arguments = new ArrayList<>(3);
            if (hasInput) {
                arguments.add(new ByteArrayInputStream(event));
            }
            if (hasOutput) {
                arguments.add(out);
            }
            if (hasContext) {
                arguments.add(invocation);
            }
            invoke(method, target, arguments);
            return out.toByteArray();
        }
    }
}
