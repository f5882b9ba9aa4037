import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';

export interface Point {
  x: Date;
  y: number;
}

export interface Series {
  title: string;
  points: Point[];
}

interface ChartProps {
  title: string;
  series: Series[];
  /** Bars are days; minutes when it is left out. */
  isDaily?: boolean;
}

/** Counts over time as bars, one on top of the other. Loaded only where a chart is shown. */
export default function Chart({ title, series, isDaily = false }: ChartProps) {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x.getTime())))];
  const totals = times.map((time) => {
    const ys = series.map(({ points }) => points.find(({ x }) => x.getTime() === time)?.y ?? 0);
    return ys.reduce((sum, y) => sum + y, 0);
  });
  const most = Math.max(0, ...totals);
  if (most === 0) return <None isDaily={isDaily} />;
  const isCount = totals.every(Number.isInteger);
  const labels = times.sort((one, other) => one - other).map((time) => new Date(time));
  return (
    <BarChart
      series={series.map((one) => ({
        title: one.title,
        type: 'bar' as const,
        data: one.points,
      }))}
      xDomain={labels}
      xScaleType="categorical"
      yDomain={[0, most]}
      stackedBars
      height={180}
      hideFilter
      hideLegend={series.length < 2}
      ariaLabel={title}
      i18nStrings={{ xTickFormatter: isDaily ? day : minute, yTickFormatter: most < 5 && isCount ? whole : number }}
    />
  );
}

/** An axis from nothing to nothing says less than a word. */
function None({ isDaily }: { isDaily: boolean }) {
  return (
    <Box textAlign="center" color="text-body-secondary" padding={{ vertical: 'xxl' }}>
      {isDaily ? 'None in these days' : 'None in this time'}
    </Box>
  );
}

/** There is no half of an invocation: marks between whole numbers stay bare. */
const whole = (value: number) => (Number.isInteger(value) ? number(value) : '');
const number = (value: number) => value.toLocaleString('en-GB');
const day = (date: Date) => date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
const minute = (date: Date) =>
  date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
