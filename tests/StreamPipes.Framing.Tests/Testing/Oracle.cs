using System.Numerics;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>A plain reading and writing of each format, all bytes at hand, without a thought for speed.</summary>
internal abstract class Oracle
{
    public int Maximum { get; init; } = 300;

    /// <summary>The bytes of one frame in the stream.</summary>
    public abstract byte[] Encode(byte[] frame);

    /// <summary>Makes any bytes ones that the format can express.</summary>
    public virtual byte[] Fit(byte[] frame) => frame;

    /// <summary>What a whole stream holds, up to the first error.</summary>
    public Outcome Read(byte[] stream)
    {
        List<byte[]> frames = [];
        int position = 0;
        while (position < stream.Length)
        {
            (FrameErrorKind? error, int start, int length, int total) = Next(stream[position..]);
            if (error is not null) return Outcome.Of(frames, error, position);
            frames.Add(stream[(position + start)..(position + start + length)]);
            position += total;
        }

        return Outcome.Of(frames, error: null, position);
    }

    protected static (FrameErrorKind? Error, int Start, int Length, int Total) Wrong(FrameErrorKind error) => (error, 0, 0, 0);

    protected abstract (FrameErrorKind? Error, int Start, int Length, int Total) Next(byte[] rest);

    internal sealed class Prefix(LengthPrefixOptions options) : Oracle
    {
        private int Header => options.Offset + options.Size;

        private int Included => options.IncludesHeader ? Header : 0;

        public override byte[] Encode(byte[] frame)
        {
            byte[] prefix = new byte[options.Size];
            BigInteger value = frame.Length - Included - options.Adjustment + (options.IsInclusive ? Header : 0);
            for (int i = 0; i < prefix.Length; i++) prefix[options.IsLittleEndian ? i : prefix.Length - 1 - i] = (byte)((value >> (8 * i)) & 255);
            return options.IncludesHeader ? [.. frame[..options.Offset], .. prefix, .. frame[Header..]] : [.. prefix, .. frame];
        }

        /// <summary>The prefix in the frame is the writer's, so that the frame that is read has it.</summary>
        public override byte[] Fit(byte[] frame)
        {
            int least = Math.Max(Included, Included + options.Adjustment - (options.IsInclusive ? Header : 0));
            byte[] longEnough = frame.Length >= least ? frame : [.. frame, .. new byte[least - frame.Length]];
            return options.IncludesHeader ? Encode(longEnough) : longEnough;
        }

        protected override (FrameErrorKind? Error, int Start, int Length, int Total) Next(byte[] rest)
        {
            if (rest.Length < Header) return Wrong(FrameErrorKind.Truncated);
            BigInteger value = 0;
            for (int i = 0; i < options.Size; i++) value = (value << 8) | rest[options.Offset + (options.IsLittleEndian ? options.Size - 1 - i : i)];
            BigInteger following = value + options.Adjustment - (options.IsInclusive ? Header : 0);
            if (following < 0 || value > BigInteger.One << 62) return Wrong(FrameErrorKind.Malformed);
            if (following + Included > Maximum) return Wrong(FrameErrorKind.TooLong);
            int length = (int)following;
            return rest.Length < Header + length ? Wrong(FrameErrorKind.Truncated) : (null, Header - Included, Included + length, Header + length);
        }
    }

    internal sealed class Varint(Func<byte[], (bool IsWhole, BigInteger Value, int Size)> decode, Func<int, byte[]> encode) : Oracle
    {
        public override byte[] Encode(byte[] frame) => [.. encode(frame.Length), .. frame];

        protected override (FrameErrorKind? Error, int Start, int Length, int Total) Next(byte[] rest)
        {
            (bool isWhole, BigInteger value, int size) = decode([.. rest.Take(10)]);
            if (!isWhole && rest.Length < 10 && value <= ulong.MaxValue) return Wrong(FrameErrorKind.Truncated);
            if (!isWhole || value > BigInteger.One << 62) return Wrong(FrameErrorKind.Malformed);
            if (value > Maximum) return Wrong(FrameErrorKind.TooLong);
            int length = (int)value;
            return rest.Length < size + length ? Wrong(FrameErrorKind.Truncated) : (null, size, length, size + length);
        }
    }

    internal sealed class Delimited(byte[] delimiter) : Oracle
    {
        public override byte[] Encode(byte[] frame) => [.. frame, .. delimiter];

        public override byte[] Fit(byte[] frame)
        {
            byte[] fit = [.. frame.Select(b => delimiter.Contains(b) ? (byte)'_' : b)];
            return fit;
        }

        protected override (FrameErrorKind? Error, int Start, int Length, int Total) Next(byte[] rest)
        {
            for (int i = 0; i <= Maximum && i + delimiter.Length <= rest.Length; i++)
            {
                if (rest.AsSpan(i, delimiter.Length).SequenceEqual(delimiter)) return (null, 0, i, i + delimiter.Length);
            }

            return Wrong(rest.Length >= Maximum + delimiter.Length ? FrameErrorKind.TooLong : FrameErrorKind.Truncated);
        }
    }

    /// <summary>LF ends a line, and a CR before it is no part of it.</summary>
    internal sealed class Lines : Oracle
    {
        public override byte[] Encode(byte[] frame) => [.. frame, (byte)'\n'];

        public override byte[] Fit(byte[] frame)
        {
            byte[] fit = [.. frame.Select(b => b == '\n' ? (byte)'_' : b)];
            if (fit is [.., (byte)'\r']) fit[^1] = (byte)'_';
            return fit;
        }

        protected override (FrameErrorKind? Error, int Start, int Length, int Total) Next(byte[] rest)
        {
            int end = Array.IndexOf(rest, (byte)'\n');
            byte[] line = end < 0 ? rest : rest[..end];
            int length = line is [.., (byte)'\r'] ? line.Length - 1 : line.Length;
            return length > Maximum ? Wrong(FrameErrorKind.TooLong) : end < 0 ? Wrong(FrameErrorKind.Truncated) : (null, 0, length, end + 1);
        }
    }

    internal sealed class Fixed : Oracle
    {
        public override byte[] Encode(byte[] frame) => frame;

        public override byte[] Fit(byte[] frame) => [.. frame.Concat(new byte[Maximum]).Take(Maximum)];

        protected override (FrameErrorKind? Error, int Start, int Length, int Total) Next(byte[] rest) =>
            rest.Length < Maximum ? Wrong(FrameErrorKind.Truncated) : (null, 0, Maximum, Maximum);
    }
}
