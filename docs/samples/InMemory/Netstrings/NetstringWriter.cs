using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace InMemory;

/// <summary>The other half of the protocol under test.</summary>
internal static class NetstringWriter
{
    public static ValueTask<FlushResult> WriteAsync(PipeWriter writer, ReadOnlySpan<byte> message, CancellationToken cancellationToken = default)
    {
        Encoding.ASCII.GetBytes(FormattableString.Invariant($"{message.Length}:"), writer);
        writer.Write(message);
        writer.Write(","u8);
        return writer.FlushAsync(cancellationToken);
    }
}
