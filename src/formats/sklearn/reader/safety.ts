import type { SafetyReport } from '../../../core/source-model.ts'
import type { SafetyReport as PickleSafetyReport } from '../../../encodings/pickle/safety.ts'

/** The report as the page shows it. */
export function safetyReport(report: PickleSafetyReport): SafetyReport {
  return {
    verdict: report.risk,
    entries: report.globals.map(({ module, name, risk, imports, calls }) => ({
      name: `${module}.${name}`,
      classification: risk,
      called: calls > 0,
      count: Math.max(imports, calls),
    })),
  }
}
