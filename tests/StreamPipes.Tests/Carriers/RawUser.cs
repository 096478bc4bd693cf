namespace StreamPipes.Tests.Carriers;

/// <summary>The control: uses the streams themselves.</summary>
/// <param name="end">The near end.</param>
/// <param name="isDetached">Whether it was handed back by a connection: then it is only disposed, which is what can be done with any stream.</param>
internal sealed class RawUser(CarrierEnd end, bool isDetached = false) : User
{
    private Task<(byte[] Bytes, string End)>? _discarding;
    private bool _isDetached = isDetached;

    public override Task WriteAsync(ReadOnlyMemory<byte> bytes, int seed) => end.WriteAsync(bytes, seed);

    public override Task<byte[]> ReadAsync(int count) => end.ReadAsync(count);

    public override async Task<byte[]> ReadToEndAsync()
    {
        (byte[] bytes, string how) = await CarrierEnd.ReadToEndAsync(end.Input);
        how.Should().Be("end");
        return bytes;
    }

    public override void BeginDiscarding() => _discarding = CarrierEnd.ReadToEndAsync(end.Input);

    public override Task StopDiscardingAsync() => Task.CompletedTask;

    public override void CompleteInput()
    {
        // There is nothing to do by hand but not to read.
    }

    public override Task CancelWaitsAsync() => Task.CompletedTask;

    public override Task CompleteOutputAsync() => end.HalfCloseAsync();

    public override Task<User> DetachAsync()
    {
        _isDetached = true;
        return Task.FromResult<User>(this);
    }

    public override async Task<string> CloseAsync()
    {
        if (_isDetached)
        {
            await end.DisposeAsync();
            return "";
        }

        if (_discarding is not null)
        {
            await end.HalfCloseAsync();
            await _discarding;
        }

        await end.CloseAsync();
        return "";
    }
}
