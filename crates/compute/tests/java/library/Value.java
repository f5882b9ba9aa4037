package library;

/** What functions find in a jar of theirs. */
public class Value {
    public static final Object VALUE = "from a library";
}
