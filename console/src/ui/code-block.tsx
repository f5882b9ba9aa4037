import { CopyButton } from './copy';

interface CodeBlockProps {
  text: string;
  label: string;
  /** Lines end where they end in the text, as in logs and JSON. */
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
        {text}
      </pre>
    </div>
  );
}
