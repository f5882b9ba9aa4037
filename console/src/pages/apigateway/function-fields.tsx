import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Select from '@cloudscape-design/components/select';
import { functionList } from '../../api/lambda';
import { here, REGIONS } from '../../api/place';
import { useData } from '../../data/useData';

interface FunctionFieldsProps {
  region: string;
  /** A name, or a full ARN. */
  lambda: string;
  change: (part: { region?: string; lambda?: string }) => void;
}

/** A function, of this account by its name or of any by its ARN. */
export function FunctionFields(props: FunctionFieldsProps) {
  return (
    <Grid gridDefinition={[{ colspan: 4 }, { colspan: 8 }]}>
      <RegionField {...props} />
      <FunctionField {...props} />
    </Grid>
  );
}

function RegionField({ region, change }: FunctionFieldsProps) {
  const options = REGIONS.map(({ id }) => ({ value: id, label: id }));
  return (
    <FormField label="Lambda Region">
      <Select
        options={options}
        selectedOption={{ value: region, label: region }}
        onChange={({ detail }) => change({ region: detail.selectedOption.value ?? here().region })}
      />
    </FormField>
  );
}

function FunctionField({ region, lambda, change }: FunctionFieldsProps) {
  const { session } = here();
  const place = { session, region };
  const functions = useData(`functions/${region}`, () => functionList(place));
  return (
    <FormField
      stretch
      label="Lambda function"
      description="A name, or the full ARN of a function in any account and Region."
    >
      <Autosuggest
        value={lambda}
        enteredTextLabel={(text) => `Use: ${text}`}
        placeholder="arn:aws:lambda:us-east-1:222222222222:function:my-function"
        empty="No functions in this account and Region. Enter the ARN of another account’s function."
        statusType={functions.isLoading ? 'loading' : 'finished'}
        options={(functions.value ?? []).map((one) => ({
          value: one.FunctionArn,
          label: one.FunctionName,
        }))}
        onChange={({ detail }) => change({ lambda: detail.value.trim() })}
      />
    </FormField>
  );
}
