import { CopyButton } from './copy';

interface CodeBlockProps {
  text: string;
  label: string;
  /** Logs and JSON: much of it, in lines of its own. */
  tall?: boolean;
}

/** A text to read or copy. It can be scrolled with the keyboard. */
export function CodeBlock({ text, label, tall }: CodeBlockProps) {
  return (
    <div className="code-block">
      <div className="code-block-copy">
        <CopyButton text={text} label={`Copy ${label}`} icon />
      </div>
      <pre tabIndex={0} role="region" aria-label={label} className={tall ? 'tall' : undefined}>
        {tall ? text : words(text)}
      </pre>
    </div>
  );
}

/** Lines of a command end between its words; a browser would end them at any hyphen, of which options
 * and ARNs have many. */
const words = (text: string) =>
  text.split(/([ \n]+)/).map((word, at) =>
    at % 2 === 1 ? (
      word
    ) : (
      <span key={at} className="word">
        {word}
      </span>
    ),
  );
