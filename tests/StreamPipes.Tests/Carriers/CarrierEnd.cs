namespace StreamPipes.Tests.Carriers;

/// <summary>One end of a carrier, used by hand: what a program does that has no more than the streams.</summary>
internal sealed class CarrierEnd(Stream input, Stream output)
{
    private bool _hasHalfClosed;

    public CarrierEnd(Stream stream)
        : this(stream, stream)
    {
    }

    public Stream Input { get; } = input;

    public Stream Output { get; } = output;

    /// <summary>Shows the other side the end while this side reads on; <see langword="null"/> where the carrier has no such thing.</summary>
    public Func<Task>? HalfClose { get; init; }

    /// <summary>What this end can tell of the other side's end, beyond that there was one.</summary>
    public Func<string>? Farewell { get; init; }

    /// <summary>What is under the streams, which is to be read to its end and disposed with them.</summary>
    public CarrierEnd? Below { get; init; }

    /// <summary>Whether it does not wait for the end of the other side, as on a carrier whose close destroys nothing.</summary>
    public bool LeavesAtOnce { get; init; }

    /// <summary>What else is to be done once the streams are disposed.</summary>
    public Func<Task>? Afterwards { get; init; }

    public static async Task<(byte[] Bytes, string End)> ReadToEndAsync(Stream stream)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[20_000];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer)) > 0) bytes.Write(buffer, 0, count);
            return (bytes.ToArray(), "end");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (bytes.ToArray(), $"{e.GetType().Name}: {e.Message}");
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, int seed)
    {
        foreach (ReadOnlyMemory<byte> piece in Content.Pieces(bytes, seed)) await Output.WriteAsync(piece);
        await Output.FlushAsync();
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        await Input.ReadExactlyAsync(bytes);
        return bytes;
    }

    public async Task HalfCloseAsync()
    {
        if (HalfClose is null || _hasHalfClosed) return;
        _hasHalfClosed = true;
        await HalfClose();
    }

    /// <summary>The orderly end: shows the end, waits for that of the other side where that can be done, and disposes.</summary>
    /// <param name="waitsBelow">Whether it waits for the end of what is below before it shows its own.</param>
    /// <returns>What the other side's end looked like below.</returns>
    public async Task<string> CloseAsync(bool waitsBelow = false)
    {
        string below = waitsBelow ? await ReadBelowToEndAsync() : "";
        if (HalfClose is not null) await TryHalfCloseAsync();
        if (HalfClose is not null && !LeavesAtOnce) await ReadToEndAsync(Input);
        if (!waitsBelow) below = await ReadBelowToEndAsync();
        await DisposeAsync();
        return below;
    }

    /// <summary>Disposes the streams and what is under them, without a word.</summary>
    public async Task DisposeAsync()
    {
        await Output.DisposeAsync();
        if (!ReferenceEquals(Input, Output)) await Input.DisposeAsync();
        if (Below is not null) await Below.DisposeAsync();
        if (Afterwards is not null) await Afterwards();
    }

    private async Task TryHalfCloseAsync()
    {
        try
        {
            await HalfCloseAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            // The other side has left already, which it may.
        }
    }

    /// <summary>Only at a far side, which watches what is below, and unless that has ended already.</summary>
    private async Task<string> ReadBelowToEndAsync() =>
        Below is { Input: EndWatch { HasEnded: false } watch } ? $", then below: {(await ReadToEndAsync(watch)).End}{Below.Farewell?.Invoke()}" : "";
}
