import { ScalarType } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ByteWriter } from './byte-writer.ts';

/** How values of a scalar type are written. */
export interface ScalarEncoder {
  wireType: WireType;
  /** What a field without presence leaves out. */
  zero: unknown;
  /** The same, where it has other forms besides. */
  isZero?: (value: unknown) => boolean;
  /** Without the tag. */
  encode: (writer: ByteWriter, value: unknown) => void;
}

export function scalarEncoder(type: ScalarType): ScalarEncoder {
  switch (type) {
    case ScalarType.STRING:
      return {
        wireType: WireType.LengthDelimited,
        zero: '',
        encode: (writer, value) => writer.text(value as string),
      };
    case ScalarType.BYTES:
      return {
        wireType: WireType.LengthDelimited,
        zero: undefined,
        isZero: (value) => (value as Uint8Array).length === 0,
        encode: (writer, value) => writer.bytes(value as Uint8Array),
      };
    case ScalarType.BOOL:
      return {
        wireType: WireType.Varint,
        zero: false,
        encode: (writer, value) => writer.varint(value === true ? 1 : 0),
      };
    case ScalarType.DOUBLE:
      return {
        wireType: WireType.Bit64,
        zero: undefined,
        isZero: isPositiveZero,
        encode: (writer, value) => writer.double(value as number),
      };
    case ScalarType.INT32:
      return integer(type, 0, 0x7fff_ffff);
    case ScalarType.UINT32:
      return integer(type, 0, 0xffff_ffff);
    case ScalarType.INT64:
    case ScalarType.UINT64:
      return integer(type, 0n, Number.MAX_SAFE_INTEGER);
    case ScalarType.FLOAT:
      return { wireType: WireType.Bit32, zero: undefined, isZero: isPositiveZero, encode: checked(type) };
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return { wireType: WireType.Bit32, zero: 0, encode: checked(type) };
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return { wireType: WireType.Bit64, zero: 0n, encode: checked(type) };
    default:
      return { wireType: WireType.Varint, zero: type === ScalarType.SINT64 ? 0n : 0, encode: checked(type) };
  }
}

/** @param most up to which it is written here */
function integer(type: ScalarType, zero: number | bigint, most: number): ScalarEncoder {
  const encode = checked(type);
  return {
    wireType: WireType.Varint,
    zero,
    encode: (writer, value) => {
      const number = Number(value);
      if (number >= 0 && number <= most && Number.isInteger(number)) writer.varint(number);
      else encode(writer, value);
    },
  };
}

/** By the library, which refuses numbers that are out of range. */
function checked(type: ScalarType): ScalarEncoder['encode'] {
  const name = ScalarType[type].toLowerCase() as 'int32';
  return (writer, value) => writer.raw(new BinaryWriter()[name](value as number).finish());
}

// Zero with a minus is a value of its own.
const isPositiveZero = (value: unknown): boolean => Object.is(value, 0);
