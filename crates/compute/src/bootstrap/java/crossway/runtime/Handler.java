package crossway.runtime;

/** A function, ready to be called. */
interface Handler {
    /** The answer's bytes; what the function throws comes through. */
    byte[] call(byte[] event, Invocation invocation) throws Throwable;
}
