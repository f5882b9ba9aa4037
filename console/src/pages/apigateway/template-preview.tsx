import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useState } from 'react';
import { render, type Rendering, type Step } from '../../api/render';
import { describe } from '../../shell/flash';
import { CodeBlock } from '../../ui/code-block';
import { jsonError } from '../../ui/json-field';
import { Status } from '../../ui/status';
import {
  aroundError,
  renderInput,
  sampleOf,
  type Sample,
  type TemplatePlace,
} from './template-sample';

/** After the last key, before the server is asked. */
const PAUSE_MS = 250;

interface TemplatePreviewProps {
  place: TemplatePlace;
  template: string;
  contentType: string;
}

/** What the template makes of a made-up body, while it is typed. The server renders it as it renders
 * requests, within the same bounds. */
export default function TemplatePreview({ place, template, contentType }: TemplatePreviewProps) {
  const [sample, setSample] = useState(() => sampleOf(place));
  const problem = aroundError(sample.around);
  const found = useRendering(place.api, template, sample, problem === undefined);
  return (
    <div className="preview">
      <SpaceBetween size="s">
        <FormField
          stretch
          label={place.side === 'request' ? 'Sample request body' : 'Sample response body'}
        >
          <Textarea
            className="mono"
            rows={6}
            spellcheck={false}
            value={sample.body}
            onChange={({ detail }) => setSample({ ...sample, body: detail.value })}
          />
        </FormField>
        <FormField
          stretch
          label="Sample parameters and context"
          description="$input.params(), $stageVariables and $context read these."
          errorText={problem ?? ''}
        >
          <Textarea
            className="mono"
            rows={8}
            spellcheck={false}
            value={sample.around}
            onChange={({ detail }) => setSample({ ...sample, around: detail.value })}
          />
        </FormField>
      </SpaceBetween>
      <Rendered found={found} template={template} contentType={contentType} />
    </div>
  );
}

interface Found {
  rendering?: Rendering;
  problem?: unknown;
}

/** The latest answer; it stays until the next one is there. */
function useRendering(api: string, template: string, sample: Sample, isReady: boolean): Found {
  const [found, setFound] = useState<Found>({});
  useEffect(() => {
    if (!isReady) return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      render(renderInput(api, template, sample)).then(
        (rendering) => isCurrent && setFound({ rendering }),
        (problem: unknown) => isCurrent && setFound({ problem }),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [api, template, sample, isReady]);
  return found;
}

type RenderedProps = Pick<TemplatePreviewProps, 'template' | 'contentType'> & { found: Found };

function Rendered({ found, template, contentType }: RenderedProps) {
  const { rendering, problem } = found;
  const overrides = Object.entries(rendering?.overrides ?? {});
  return (
    <section aria-label="Rendered template" aria-live="polite">
      <SpaceBetween size="s">
        <Box variant="awsui-key-label">Output</Box>
        {problem !== undefined && (
          <Alert type="error" header="The template could not be rendered">
            {describe(problem)}
          </Alert>
        )}
        {!rendering && problem === undefined && <Status type="loading" text="Rendering" />}
        {rendering?.error && <Failure error={rendering.error} template={template} />}
        {rendering?.output !== undefined && (
          <>
            <CodeBlock text={rendering.output} label="output" tall />
            {contentType.includes('json') && jsonError(rendering.output) && (
              <Status type="warning" text={`The output is no JSON: ${jsonError(rendering.output)}`} />
            )}
          </>
        )}
        {overrides.length > 0 && (
          <KeyValuePairs
            columns={1}
            items={overrides.map(([name, values]) => ({
              label: `$context.${name}`,
              value: values.join(', '),
            }))}
          />
        )}
        {rendering?.trace && rendering.trace.length > 0 && <Trace steps={rendering.trace} />}
      </SpaceBetween>
    </section>
  );
}

/** The message with its place, and the line with a mark under the place. */
function Failure({ error, template }: { error: NonNullable<Rendering['error']>; template: string }) {
  const line = template.split('\n')[error.line - 1];
  // Tabs stay tabs, so that the mark stands under what it means.
  const margin = line?.slice(0, error.column - 1).replaceAll(/[^\t]/g, ' ');
  return (
    <Alert type="error" header={`Line ${error.line}, column ${error.column}`}>
      {error.message}
      {line !== undefined && <pre className="marked-line">{`${line}\n${margin}^`}</pre>}
    </Alert>
  );
}

function Trace({ steps }: { steps: Step[] }) {
  return (
    <ExpandableSection headerText={`Evaluated references (${steps.length})`}>
      <CodeBlock
        tall
        label="evaluated references"
        text={steps
          .map(
            ({ line, column, reference, value }) =>
              `${line}:${column}  ${reference} = ${value ?? 'undefined'}`,
          )
          .join('\n')}
      />
    </ExpandableSection>
  );
}
