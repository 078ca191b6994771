/** What the report's file holds. */
import type { ReportData } from '../../api.js';

export const told = JSON.parse(document.getElementById('data')!.textContent!) as ReportData;
