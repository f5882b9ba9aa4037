import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.Template;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.app.event.EventCartridge;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.runtime.RuntimeConstants;
import org.apache.velocity.runtime.RuntimeSingleton;
import org.apache.velocity.runtime.log.NullLogChute;
import org.apache.velocity.util.introspection.Info;

/**
 * Velocity 1.7 and Jayway JsonPath 2.0 with API Gateway's objects, for the bench and the fuzzer.
 *
 * <p>Reads one JSON object a line and answers one a line:
 *
 * <pre>
 * {"op": "vtl", "template", "context"?, "body"?, "params"?}  {"output"} or {"error"}
 * {"op": "jsonpath", "doc", "path"}                         {"text"} or {"error"}
 * {"op": "bench", "template", "context", "body", "params", "rounds"}  {"nanos", "output"}
 * </pre>
 *
 * <p>An undefined reference is the empty text, the one rule that API Gateway adds.
 */
public class Peer {
  static final ObjectMapper MAPPER = new ObjectMapper();
  static final VelocityEngine ENGINE = new VelocityEngine();
  static final Map<String, JsonPath> PATHS = new HashMap<>();
  static final Map<String, Template> TEMPLATES = new HashMap<>();

  /** {@code $input}. */
  public static class Input {
    private final String body;
    private final Map<?, ?> params;
    private DocumentContext document;

    Input(String body, Map<?, ?> params) {
      this.body = body;
      this.params = params;
    }

    public String getBody() {
      return body;
    }

    public Object path(String path) {
      try {
        return find(path);
      } catch (RuntimeException none) {
        return null;
      }
    }

    public String json(String path) {
      try {
        return JSONValue.toJSONString(find(path), JSONStyle.LT_COMPRESS);
      } catch (RuntimeException none) {
        return "\"\"";
      }
    }

    public Object params() {
      Map<Object, Object> all = new LinkedHashMap<>(params);
      all.replaceAll((place, values) -> new LinkedHashMap<>((Map<?, ?>) values));
      return all;
    }

    public String params(String name) {
      for (String place : new String[] {"path", "querystring", "header"}) {
        Object value = ((Map<?, ?>) params.get(place)).get(name);
        if (value != null) return value.toString();
      }
      return "";
    }

    private Object find(String path) {
      if (document == null) document = JsonPath.parse(body);
      JsonPath compiled;
      synchronized (PATHS) {
        if (PATHS.size() > 10_000) PATHS.clear();
        compiled = PATHS.computeIfAbsent(path, JsonPath::compile);
      }
      return document.read(compiled);
    }
  }

  /** {@code $util}; numbers and truths count as their texts, nothing else has one. */
  public static class Util {
    public String escapeJavaScript(Object value) {
      return StringEscapeUtils.escapeJavaScript(text(value));
    }

    public Object parseJson(Object value) {
      String text = text(value);
      return text == null ? null : Configuration.defaultConfiguration().jsonProvider().parse(text);
    }

    public String urlEncode(Object value) throws Exception {
      String text = text(value);
      return text == null ? null : URLEncoder.encode(text, "UTF-8");
    }

    public String urlDecode(Object value) throws Exception {
      String text = text(value);
      return text == null ? null : URLDecoder.decode(text, "UTF-8");
    }

    public String base64Encode(Object value) {
      String text = text(value);
      return text == null ? null : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public String base64Decode(Object value) {
      String text = text(value);
      return text == null ? null : new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
      boolean isScalar =
          value instanceof String
              || value instanceof Number
              || value instanceof Boolean
              || value instanceof Character;
      return isScalar ? value.toString() : null;
    }
  }

  /** API Gateway's rule. */
  static class Undefined implements InvalidReferenceEventHandler {
    public Object invalidGetMethod(Context c, String ref, Object o, String name, Info info) {
      return "";
    }

    public boolean invalidSetMethod(Context c, String left, String right, Info info) {
      return false;
    }

    public Object invalidMethod(Context c, String ref, Object o, String name, Info info) {
      return "";
    }
  }

  static VelocityContext context(Map<String, Object> question) {
    VelocityContext context = new VelocityContext();
    if (question.get("context") instanceof Map) {
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) question.get("context")).entrySet()) {
        context.put((String) entry.getKey(), entry.getValue());
      }
    }
    if (question.get("body") instanceof String) {
      Map<?, ?> params = (Map<?, ?>) question.getOrDefault("params", new HashMap<>());
      context.put("input", new Input((String) question.get("body"), params));
      context.put("util", new Util());
    }
    EventCartridge cartridge = new EventCartridge();
    cartridge.addEventHandler(new Undefined());
    cartridge.attachToContext(context);
    return context;
  }

  static Map<String, Object> vtl(Map<String, Object> question) {
    Map<String, Object> answer = new LinkedHashMap<>();
    StringWriter out = new StringWriter();
    ENGINE.evaluate(context(question), out, "t", (String) question.get("template"));
    answer.put("output", out.toString());
    return answer;
  }

  /** Renders a template, parsed before, some times; the body is parsed each time. */
  static Map<String, Object> bench(Map<String, Object> question) throws Exception {
    String source = (String) question.get("template");
    Template template = TEMPLATES.get(source);
    if (template == null) {
      template = new Template();
      template.setRuntimeServices(RuntimeSingleton.getRuntimeServices());
      template.setData(RuntimeSingleton.getRuntimeServices().parse(new StringReader(source), "t"));
      template.initDocument();
      TEMPLATES.put(source, template);
    }
    int rounds = (Integer) question.get("rounds");
    String output = "";
    long start = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      StringWriter out = new StringWriter();
      template.merge(context(question), out);
      output = out.toString();
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("nanos", System.nanoTime() - start);
    answer.put("output", output);
    return answer;
  }

  static Map<String, Object> jsonpath(Map<String, Object> question) {
    Map<String, Object> answer = new LinkedHashMap<>();
    Object found = JsonPath.parse((String) question.get("doc")).read((String) question.get("path"));
    answer.put("text", JSONValue.toJSONString(found, JSONStyle.LT_COMPRESS));
    return answer;
  }

  static Map<String, Object> answer(Map<String, Object> question) {
    try {
      switch ((String) question.get("op")) {
        case "vtl":
          return vtl(question);
        case "bench":
          return bench(question);
        default:
          return jsonpath(question);
      }
    } catch (Throwable problem) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("error", problem.getClass().getName());
      answer.put("message", String.valueOf(problem.getMessage()));
      return answer;
    }
  }

  static void prepare() throws Exception {
    // The engine of the fuzzer and the one of the bench's parsed templates, set up alike.
    for (String[] property :
        new String[][] {
          {RuntimeConstants.RUNTIME_LOG_LOGSYSTEM_CLASS, NullLogChute.class.getName()},
          {"velocimacro.library", ""},
          {"velocimacro.permissions.allow.inline.local.scope", "true"},
        }) {
      ENGINE.setProperty(property[0], property[1]);
      RuntimeSingleton.setProperty(property[0], property[1]);
    }
    ENGINE.init();
    RuntimeSingleton.init();
  }

  public static void main(String[] arguments) throws Exception {
    prepare();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    ExecutorService threads =
        Executors.newCachedThreadPool(
            work -> {
              // A stack for what recurses to its bound.
              Thread thread = new Thread(null, work, "case", 64 << 20);
              thread.setDaemon(true);
              return thread;
            });
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> question =
          MAPPER.readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
      Callable<Map<String, Object>> work = () -> answer(question);
      Future<Map<String, Object>> future = threads.submit(work);
      Map<String, Object> answer;
      try {
        answer = future.get("bench".equals(question.get("op")) ? 600 : 5, TimeUnit.SECONDS);
      } catch (TimeoutException late) {
        answer = new HashMap<>();
        answer.put("error", "timeout");
        future.cancel(true);
      }
      out.println(MAPPER.writeValueAsString(answer));
      if (!in.ready()) out.flush();
    }
  }
}
