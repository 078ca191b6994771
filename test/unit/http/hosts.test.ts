/** The addresses that this machine goes by, as its interfaces come and go. */
import type { NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { ownAddresses, serverNames } from '../../../http/hosts.js';

/** A machine with these addresses, which tells how often it was asked, and a clock that is turned by hand. */
function machine(...addresses: string[]) {
  const state = { addresses, asked: 0, time: 0 };
  const interfaces: typeof networkInterfaces = () => {
    state.asked++;
    return { eth0: state.addresses.map((address) => ({ address }) as NetworkInterfaceInfo), eth1: undefined };
  };
  return {
    state,
    isOurs: serverNames(
      [],
      ownAddresses(interfaces, () => state.time),
    ),
  };
}

test('an address that a machine gets while the server runs is its own from the next second on', () => {
  const { state, isOurs } = machine('192.0.2.7');
  expect(isOurs('192.0.2.7:5000')).toBe(true);
  expect(isOurs('192.0.2.8:5000')).toBe(false);
  state.addresses = ['192.0.2.8'];
  state.time += 1000;
  expect(isOurs('192.0.2.8:5000')).toBe(true);
  expect(isOurs('192.0.2.7:5000')).toBe(false);
});

test('a flood of unknown addresses has the interfaces read once a second', () => {
  const { state, isOurs } = machine('192.0.2.7');
  for (let request = 0; request < 1000; request++) {
    state.time += 10;
    expect(isOurs(`198.51.100.${request % 256}`)).toBe(false);
  }
  expect(state.asked).toBe(1 + 10);
});

test('known addresses and unknown names never have them read', () => {
  const { state, isOurs } = machine('192.0.2.7');
  state.time += 60_000;
  for (const host of ['192.0.2.7', 'localhost', 'evil.example', 'evil.example:80']) isOurs(host);
  expect(state.asked).toBe(1);
});

test('an IPv6 address is the same however it is spelled', () => {
  const { isOurs } = machine('2001:db8:0:0:0:0:0:7', 'fe80::1%eth0');
  expect(isOurs('[2001:DB8::0007]:80')).toBe(true);
  expect(isOurs('[fe80::1]')).toBe(true);
  expect(isOurs('[2001:db8::8]')).toBe(false);
});
