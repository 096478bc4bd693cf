namespace StreamPipes.Tests.Conformance;

public abstract partial class StreamConformance
{
    [Theory]
    [InlineData(-1, 1, "offset")]
    [InlineData(0, -1, "count")]
    [InlineData(0, 11, "count")]
    [InlineData(5, 6, "count")]
    [InlineData(11, 0, "count")]
    public async Task A_range_outside_the_array_is_refused_by_its_name(int offset, int count, string parameter)
    {
        await using StreamPair pair = await ConnectAsync();
        Stream stream = pair.Client;
        byte[] array = new byte[10];

        ShouldRefuse(parameter, () => _ = stream.Read(array, offset, count));
        ShouldRefuse(parameter, () => stream.Write(array, offset, count));
        ShouldRefuse(parameter, () => stream.BeginRead(array, offset, count, null, null));
        ShouldRefuse(parameter, () => stream.BeginWrite(array, offset, count, null, null));
        await ShouldRefuseAsync(parameter, () => stream.ReadAsync(array, offset, count));
        await ShouldRefuseAsync(parameter, () => stream.WriteAsync(array, offset, count));
    }

    [Fact]
    public async Task A_missing_array_is_refused_by_its_name()
    {
        await using StreamPair pair = await ConnectAsync();
        Stream stream = pair.Client;

        ShouldRefuse("buffer", () => _ = stream.Read(null!, 0, 0));
        ShouldRefuse("buffer", () => stream.Write(null!, 0, 0));
        ShouldRefuse("buffer", () => stream.BeginRead(null!, 0, 0, null, null));
        ShouldRefuse("buffer", () => stream.BeginWrite(null!, 0, 0, null, null));
        await ShouldRefuseAsync("buffer", () => stream.ReadAsync(null!, 0, 0));
        await ShouldRefuseAsync("buffer", () => stream.WriteAsync(null!, 0, 0));
    }

    [Fact]
    public async Task A_copy_to_nowhere_is_refused_by_its_name()
    {
        await using StreamPair pair = await ConnectAsync();

        await ShouldRefuseAsync("destination", () => pair.Client.CopyToAsync(null!));
        await ShouldRefuseAsync("bufferSize", () => pair.Client.CopyToAsync(Stream.Null, 0));
        await ShouldRefuseAsync("bufferSize", () => pair.Client.CopyToAsync(Stream.Null, -1));
        await Assert.ThrowsAsync<NotSupportedException>(() => pair.Client.CopyToAsync(new MemoryStream([], writable: false)).Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.Client.CopyToAsync(Closed()).Guarded());
    }

    [Fact]
    public async Task A_blocking_copy_to_nowhere_is_refused_by_its_name()
    {
        await using StreamPair pair = await ConnectAsync();

        ShouldRefuse("destination", () => pair.Client.CopyTo(null!));
        ShouldRefuse("bufferSize", () => pair.Client.CopyTo(Stream.Null, 0));
        ShouldRefuse("bufferSize", () => pair.Client.CopyTo(Stream.Null, -1));
        Assert.Throws<NotSupportedException>(() => pair.Client.CopyTo(new MemoryStream([], writable: false)));
        Assert.Throws<ObjectDisposedException>(() => pair.Client.CopyTo(Closed()));
    }

    [Fact]
    public async Task Time_limits_that_a_stream_has_not_are_refused()
    {
        SkipIf(CanTimeOut);
        await using StreamPair pair = await ConnectAsync();
        Stream stream = pair.Client;

        stream.CanTimeout.Should().BeFalse();
        Assert.Throws<InvalidOperationException>(() => stream.ReadTimeout);
        Assert.Throws<InvalidOperationException>(() => stream.WriteTimeout);
        Assert.Throws<InvalidOperationException>(() => stream.ReadTimeout = 1000);
        Assert.Throws<InvalidOperationException>(() => stream.WriteTimeout = 1000);
        await ShouldTalkAsync(pair);
    }

    [Fact]
    public async Task A_connection_is_duplex_and_cannot_be_sought()
    {
        await using StreamPair pair = await ConnectAsync();
        Stream stream = pair.Client;

        stream.CanRead.Should().BeTrue();
        stream.CanWrite.Should().BeTrue();
        stream.CanSeek.Should().BeFalse();
        Assert.Throws<NotSupportedException>(() => stream.Length);
        Assert.Throws<NotSupportedException>(() => stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.Position = 1);
        Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
    }

    [Fact]
    public async Task End_without_a_Begin_is_refused_by_its_name()
    {
        await using StreamPair pair = await ConnectAsync();

        ShouldRefuse("asyncResult", () => pair.Client.EndRead(null!));
        ShouldRefuse("asyncResult", () => pair.Client.EndWrite(null!));
    }

    private static MemoryStream Closed()
    {
        MemoryStream closed = new();
        closed.Dispose();
        return closed;
    }

    private static void ShouldRefuse(string parameter, Action call) =>
        Assert.ThrowsAny<ArgumentException>(call).ParamName.Should().Be(parameter);

    private static async Task ShouldRefuseAsync(string parameter, Func<Task> call) =>
        (await Assert.ThrowsAnyAsync<ArgumentException>(() => call().Guarded())).ParamName.Should().Be(parameter);
}
