/** Colours that carry numbers or names. */

/** Points of viridis (van der Walt and Smith, 2015): even steps to the eye, also in grey. */
const VIRIDIS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const;

/** @param share - From 0 to 1. */
export const viridis = (share: number): string => `rgb(${mixed(share).join(' ')})`;

function mixed(share: number): number[] {
  const place = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const [from, to] = [VIRIDIS[below]!, VIRIDIS[below + 1]!];
  return from.map((value, i) => Math.round(value + (to[i]! - value) * (place - below)));
}

/** The ink that can be read on it: black has more contrast from a luminance of 0.18 on (WCAG 2.2, relative luminance). */
export function inkOn(share: number): string {
  const [red, green, blue] = mixed(share).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#000000' : '#ffffff';
}

/** Okabe and Ito's colours, which the colour-blind tell apart too; black is the text's. */
export const NAMED = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#a89c00'] as const;
