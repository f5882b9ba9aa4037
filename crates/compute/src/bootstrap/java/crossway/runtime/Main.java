package crossway.runtime;

import java.io.IOError;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;

/**
 * Crossway's Java runtime: loads the function and serves it events, for ever.
 *
 * <p>One write carries a response and the request for the next event. No lambdas, streams or regular
 * expressions anywhere in it: the first use of each costs tens of milliseconds of a cold start. What
 * it answers and logs is what AWS's own client (aws-lambda-java-runtime-interface-client) does.
 */
public final class Main {
    /** How a function's own errors are called in INIT_REPORT. */
    private static final String BAD_CODE = "Runtime.BadFunctionCode";

    private static final String USER_EXCEPTION = "Runtime.UserException";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Wire wire = Wire.open();
        System.setOut(new PrintStream(new Output(), false, "UTF-8"));
        System.setErr(new PrintStream(new Output(), false, "UTF-8"));
        setLogger();
        String name = System.getenv("_HANDLER");
        Handler handler = null;
        try {
            handler = Handlers.load(name == null ? "" : name);
        } catch (Fault fault) {
            Log.error(fault.report());
            wire.post("init/error", fault.json(), BAD_CODE, false);
            System.exit(1);
        }
        wire.next();
        while (serve(wire, handler)) {
            // Events come one by one.
        }
        System.exit(1);
    }

    /** One event; whether another may follow. */
    private static boolean serve(Wire wire, Handler handler) {
        Event event = wire.event();
        Log.begin(event);
        setTrace(event.header("lambda-runtime-trace-id"));
        String target = "invocation/" + event.requestId + "/";
        boolean goesOn = true;
        try {
            // A caller's client context may be anything.
            byte[] answer = handler.call(event.body, new Invocation(event));
            Thread.interrupted();
            System.out.flush();
            wire.post(target + "response", answer, null, true);
        } catch (Fault fault) {
            goesOn = !fault.isFatal;
            Log.error(fault.report());
            wire.post(target + "error", fault.json(), BAD_CODE, goesOn);
        } catch (Throwable thrown) {
            // After these the virtual machine is not to be relied on.
            goesOn = !(thrown instanceof VirtualMachineError || thrown instanceof IOError);
            byte[] problem = Fault.json(Fault.filter(thrown));
            Log.error(new Fault(thrown, false).report());
            wire.post(target + "error", problem, USER_EXCEPTION, goesOn);
        }
        return goesOn;
    }

    /** Where the X-Ray SDK looks, since no program can change its own environment in Java. */
    private static void setTrace(String trace) {
        if (trace == null) {
            System.clearProperty("com.amazonaws.xray.traceHeader");
        } else {
            System.setProperty("com.amazonaws.xray.traceHeader", trace);
        }
    }

    /** Gives `LambdaRuntime.getLogger()` of the function's library ours; appenders use it. */
    private static void setLogger() {
        try {
            Class<?> holder = Class.forName("com.amazonaws.services.lambda.runtime.LambdaRuntime");
            Field logger = holder.getDeclaredField("logger");
            logger.setAccessible(true);
            logger.set(null, Log.LOGGER);
        } catch (ReflectiveOperationException | LinkageError absent) {
            // The function does not bring it.
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
