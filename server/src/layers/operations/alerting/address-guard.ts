/**
 * Where a channel may connect to. Addresses of receivers are typed by people and names are answered by DNS, so either may lead
 * into the network of this server: to a database, to the metadata service of a cloud and its credentials. A name is resolved once,
 * every address of it is judged, and the connection goes to the address that was judged, so that an answer which changes in
 * between (DNS rebinding) changes nothing.
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { AddressRefused, DeliveryFailed } from './errors.ts'

export interface ResolvedAddress {
  readonly address: string
  readonly family: 4 | 6
}
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

type Family = 'ipv4' | 'ipv6'
const listOf = (subnets: readonly (readonly [string, number, Family])[]): BlockList => {
  const list = new BlockList()
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family)
  return list
}

/** This machine and the networks of RFC 1918, RFC 6598 and RFC 4193: reached only where a channel says so. */
const PRIVATE = listOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
])
/**
 * Never reached: no host, link-local (with the metadata services of most clouds), tests, multicast, reserved, ways in which IPv6
 * wraps an IPv4 address that would be judged as something else, and the metadata services of Azure and Alibaba, and of AWS, Google,
 * Oracle and Scaleway on IPv6.
 */
const NEVER = listOf([
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
  ['fd20:ce::254', 128, 'ipv6'],
  ['fd00:c1::a9fe:a9fe', 128, 'ipv6'],
  ['fd00:42::42', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
])
/** All of IPv6 that is given out to hosts of the Internet (RFC 4291); the rest wraps, reserves or ends nowhere. */
const GLOBAL = listOf([['2000::', 3, 'ipv6']])
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** `public`, `private` or `never`, for an address in any spelling that `net.isIP` takes. */
export function judgeAddress(address: string): 'public' | 'private' | 'never' {
  const plain = MAPPED.exec(address)?.[1] ?? address
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6'
  if (isIP(plain) === 0 || plain.includes('%') || NEVER.check(plain, family)) return 'never'
  if (PRIVATE.check(plain, family)) return 'private'
  return family === 'ipv4' || GLOBAL.check(plain, family) ? 'public' : 'never'
}

/** The address to connect to. One bad address among those of a name refuses all. Throws AddressRefused, DeliveryFailed. */
export async function resolveAllowed(
  host: string,
  { allowPrivate, resolve = resolveByDns }: { readonly allowPrivate: boolean; readonly resolve?: Resolve },
): Promise<ResolvedAddress> {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const found = isIP(bare) === 0 ? await resolveOrFail(bare, resolve) : [{ address: bare, family: isIP(bare) }]
  for (const { address } of found) {
    const judged = judgeAddress(address)
    if (judged === 'never' || (judged === 'private' && !allowPrivate))
      throw new AddressRefused({ host: bare, address, isNever: judged === 'never' })
  }
  const [first] = found
  if (first === undefined) throw new DeliveryFailed({ host: bare, explanation: 'its name has no address' })
  return { address: first.address, family: first.family === 6 ? 6 : 4 }
}

const resolveByDns: Resolve = (host) => lookup(host, { all: true })

async function resolveOrFail(host: string, resolve: Resolve): Promise<Awaited<ReturnType<Resolve>>> {
  try {
    return await resolve(host)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new DeliveryFailed({ host, explanation: `its name was not found (${code})` }, { cause })
  }
}
