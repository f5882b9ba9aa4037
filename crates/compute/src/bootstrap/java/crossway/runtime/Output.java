package crossway.runtime;

import java.io.IOException;
import java.io.OutputStream;

/** Standard output and error: what is printed has left the process before the response does. */
final class Output extends OutputStream {
    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        Log.print(bytes, from, length);
    }
}
