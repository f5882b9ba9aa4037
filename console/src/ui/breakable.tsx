import { Fragment } from 'react';

/** A text such as an ARN or a service's name, that breaks after a colon, slash or dot, not in a word. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[:/.])(?=[^:/.])/);
  return (
    <span className="breakable">
      {parts.map((part, index) => (
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}
