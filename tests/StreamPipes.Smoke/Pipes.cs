using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Smoke;

/// <summary>Reading and writing, in the words of the scenarios.</summary>
internal static class Pipes
{
    public static async Task SayAsync(this PipeWriter output, string text) => await output.WriteAsync(Encoding.UTF8.GetBytes(text));

    public static async Task<string> HearAsync(this PipeReader input, int length) => Encoding.UTF8.GetString(await input.ReadAsync(length));

    public static async Task<byte[]> ReadAllAsync(this PipeReader input)
    {
        using MemoryStream all = new();
        await input.CopyToAsync(all);
        return all.ToArray();
    }

    public static async Task<byte[]> ReadAsync(this PipeReader input, int length)
    {
        ReadResult result = await input.ReadAtLeastAsync(length);
        byte[] bytes = result.Buffer.Slice(0, length).ToArray();
        input.AdvanceTo(result.Buffer.GetPosition(length));
        return bytes;
    }

    public static async Task<byte[]> ReadAsync(this Stream stream, int length)
    {
        byte[] bytes = new byte[length];
        for (int count = 0; count < length;)
        {
            int read = await stream.ReadAsync(bytes, count, length - count);
            Expect.That(read > 0, "not the end yet");
            count += read;
        }

        return bytes;
    }

    /// <summary>Not for secrets: the same bytes in each run.</summary>
    public static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
