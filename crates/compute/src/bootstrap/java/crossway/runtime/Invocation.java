package crossway.runtime;

import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.util.LinkedHashMap;
import java.util.Map;

/** The context object. */
final class Invocation implements Context {
    private final Event event;
    private final long deadlineMs;
    private final Map<?, ?> identity;
    private final Map<?, ?> client;

    Invocation(Event event) {
        this.event = event;
        deadlineMs = Long.parseLong(event.header("lambda-runtime-deadline-ms"));
        identity = object(event.header("lambda-runtime-cognito-identity"));
        client = object(event.header("lambda-runtime-client-context"));
    }

    private static Map<?, ?> object(String json) {
        if (json == null || json.isEmpty()) {
            return null;
        }
        Object value = Json.plain(Json.parse(json));
        return value instanceof Map ? (Map<?, ?>) value : null;
    }

    @Override
    public String getAwsRequestId() {
        return event.requestId;
    }

    @Override
    public String getLogGroupName() {
        return System.getenv("AWS_LAMBDA_LOG_GROUP_NAME");
    }

    @Override
    public String getLogStreamName() {
        return System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
    }

    @Override
    public String getFunctionName() {
        return System.getenv("AWS_LAMBDA_FUNCTION_NAME");
    }

    @Override
    public String getFunctionVersion() {
        return System.getenv("AWS_LAMBDA_FUNCTION_VERSION");
    }

    @Override
    public String getInvokedFunctionArn() {
        return event.header("lambda-runtime-invoked-function-arn");
    }

    /** Of newer versions of the interface. */
    public String getTenantId() {
        return event.header("lambda-runtime-aws-tenant-id");
    }

    /** Of newer versions of the interface. */
    public String getXrayTraceId() {
        return event.header("lambda-runtime-trace-id");
    }

    @Override
    public int getRemainingTimeInMillis() {
        return (int) Math.max(0, deadlineMs - System.currentTimeMillis());
    }

    @Override
    public int getMemoryLimitInMB() {
        return Integer.parseInt(System.getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"));
    }

    @Override
    public LambdaLogger getLogger() {
        return Log.LOGGER;
    }

    @Override
    public CognitoIdentity getIdentity() {
        if (identity == null) {
            return null;
        }
        return new CognitoIdentity() {
            @Override
            public String getIdentityId() {
                return text(identity, "cognitoIdentityId");
            }

            @Override
            public String getIdentityPoolId() {
                return text(identity, "cognitoIdentityPoolId");
            }
        };
    }

    @Override
    public ClientContext getClientContext() {
        if (client == null) {
            return null;
        }
        return new ClientContext() {
            @Override
            public Client getClient() {
                Object inner = client.get("client");
                return inner instanceof Map ? application((Map<?, ?>) inner) : null;
            }

            @Override
            public Map<String, String> getCustom() {
                return texts("custom");
            }

            @Override
            public Map<String, String> getEnvironment() {
                return texts("env");
            }
        };
    }

    private Map<String, String> texts(String name) {
        Object inner = client.get(name);
        if (!(inner instanceof Map)) {
            return null;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) inner).entrySet()) {
            Object value = entry.getValue();
            texts.put(String.valueOf(entry.getKey()), value == null ? null : value.toString());
        }
        return texts;
    }

    private static Client application(final Map<?, ?> values) {
        return new Client() {
            @Override
            public String getInstallationId() {
                return text(values, "installation_id");
            }

            @Override
            public String getAppTitle() {
                return text(values, "app_title");
            }

            @Override
            public String getAppVersionName() {
                return text(values, "app_version_name");
            }

            @Override
            public String getAppVersionCode() {
                return text(values, "app_version_code");
            }

            @Override
            public String getAppPackageName() {
                return text(values, "app_package_name");
            }
        };
    }

    private static String text(Map<?, ?> values, String name) {
        Object value = values.get(name);
        return value == null ? null : value.toString();
    }
}
