package crossway.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;

/**
 * Finds the function that a handler's name means: `package.Class`, or `package.Class::method`
 * (Lambda guide, "Define Lambda function handler in Java").
 */
final class Handlers {
    private Handlers() {}

    /**
     * The function. What is wrong with its class is told by every invocation, as AWS does; only code
     * that fails while it is loaded or made ends the worker, by a {@link Fault}.
     */
    static Handler load(String name) {
        int colons = name.lastIndexOf("::");
        String className = colons < 0 ? name : name.substring(0, colons);
        String method = colons < 0 ? null : name.substring(colons + 2);
        if (className.isEmpty() || (method != null && method.isEmpty())) {
            return failing(new Fault("Invalid handler: `" + name + "'"));
        }
        try {
            Class<?> kind = Class.forName(className, true, Handlers.class.getClassLoader());
            return method == null ? ofInterface(kind) : MethodHandlers.load(kind, method);
        } catch (ClassNotFoundException absent) {
            return failing(new Fault("Class not found: " + className, absent, false));
        } catch (NoClassDefFoundError absent) {
            return failing(loading(className, absent));
        } catch (Fault fault) {
            if (fault.isFatal) {
                throw fault;
            }
            return failing(fault);
        } catch (Throwable thrown) {
            throw loading(className, thrown);
        }
    }

    private static Fault loading(String className, Throwable thrown) {
        String message = thrown.getMessage() == null ? "" : ": " + thrown.getMessage();
        return new Fault("Error loading class " + className + message, thrown, true);
    }

    private static Handler failing(final Fault fault) {
        return new Handler() {
            @Override
            public byte[] call(byte[] event, Invocation invocation) {
                throw fault;
            }
        };
    }

    private static Handler ofInterface(Class<?> kind) {
        if (RequestStreamHandler.class.isAssignableFrom(kind)) {
            return ofStreams((RequestStreamHandler) instance(kind));
        }
        if (!RequestHandler.class.isAssignableFrom(kind)) {
            throw new Fault("Class does not implement an appropriate handler interface: "
                    + kind.getName());
        }
        Type[] types = Generics.arguments(kind, RequestHandler.class);
        String concrete =
                "Class " + kind.getName() + " does not implement RequestHandler with concrete type parameters";
        if (types == null) {
            throw new Fault(concrete);
        }
        for (int index = 0; index < types.length; index++) {
            Type bound = Generics.bound(types[index]);
            if (bound == null) {
                throw new Fault(concrete + ": parameter " + types[index] + " has no upper bound.");
            }
            types[index] = bound;
        }
        return ofValues((RequestHandler<?, ?>) instance(kind), types[0], types[1]);
    }

    private static Handler ofStreams(final RequestStreamHandler handler) {
        return new Handler() {
            @Override
            public byte[] call(byte[] event, Invocation invocation) throws Throwable {
                ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
                handler.handleRequest(new ByteArrayInputStream(event), out, invocation);
                return out.toByteArray();
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static Handler ofValues(RequestHandler<?, ?> handler, Type input, Type output) {
        final RequestHandler<Object, Object> inner = (RequestHandler<Object, Object>) handler;
        return new ValueHandler(input, output) {
            @Override
            Object handle(Object value, Context context) {
                return inner.handleRequest(value, context);
            }
        };
    }

    /** An object of the function's class; what its constructor throws ends the worker. */
    static Object instance(Class<?> kind) {
        Constructor<?> constructor;
        try {
            constructor = kind.getConstructor();
        } catch (NoSuchMethodException none) {
            boolean isInner = kind.getEnclosingClass() != null
                    && !Modifier.isStatic(kind.getModifiers());
            throw new Fault(new Exception(isInner
                    ? "Class " + kind.getName()
                            + " cannot be instantiated because it is a non-static inner class"
                    : "Class " + kind.getName() + " has no public zero-argument constructor"), false);
        }
        try {
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InvocationTargetException thrown) {
            throw new Fault(thrown.getCause() == null ? thrown : thrown.getCause(), true);
        } catch (ReflectiveOperationException thrown) {
            throw new Fault(thrown, false);
        }
    }
}
