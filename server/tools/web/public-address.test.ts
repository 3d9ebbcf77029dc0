import { expect, it } from 'vitest'
import { isPublicAddress } from './public-address.ts'

const REFUSED = {
  'this network': ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'link-local and metadata': ['169.254.169.254', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  'reserved and broadcast': ['240.0.0.1', '255.255.255.255', '192.0.0.192', '192.88.99.1'],
  benchmarking: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  'unique and site-local': ['fc00::1', 'fd00:ec2::254', 'fec0::1'],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::1',
  ],
  'of no use yet': ['100::1', '200::1', '4000::1', '5f00::1', '8000::1', '2001:20::1', '2620:4f:8000::1'],
  'a platform of its own': ['168.63.129.16'],
  'no address': ['', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '1.2.3.4/8', '[::1]'],
}

for (const [what, addresses] of Object.entries(REFUSED)) {
  it(`[X2] ${what} is not public`, () => {
    expect(addresses.filter(isPublicAddress)).toEqual([])
  })
}

it('[X2] addresses of the public internet are public', () => {
  const open = [
    '8.8.8.8',
    '1.1.1.1',
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ]
  expect(open.filter((address) => !isPublicAddress(address))).toEqual([])
})
