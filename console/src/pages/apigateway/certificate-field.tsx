import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { certificateList } from '../../api/client-certificates';
import { useData } from '../../data/useData';

interface CertificateFieldProps {
  /** A certificate's id; empty for none. */
  value: string;
  onChange: (id: string) => void;
}

/** `Client certificate`: what is shown to HTTPS backends that ask who calls. */
export function CertificateField({ value, onChange }: CertificateFieldProps) {
  const certificates = useData('client-certificates', certificateList);
  const options = [
    { value: '', label: 'None' },
    ...(certificates.value ?? []).map((one) => ({
      value: one.clientCertificateId,
      label: [one.clientCertificateId, one.description].filter(Boolean).join(': '),
    })),
  ];
  return (
    <FormField label="Client certificate – optional" errorText={certificates.error?.message}>
      <Select
        options={options}
        statusType={certificates.isLoading ? 'loading' : 'finished'}
        selectedOption={options.find((one) => one.value === value) ?? { value, label: value }}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
