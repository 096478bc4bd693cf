using System.Diagnostics;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Carriers;

/// <summary>Child processes that do not take what is written to them: the end comes in time, and says so.</summary>
public sealed class UnwillingProcessTests
{
    public static TheoryData<Way> WaysToEnd => [Way.WriteAndDispose, Way.WriteCompleteAndDispose, Way.InputCompletedFirst];

    [Theory]
    [MemberData(nameof(WaysToEnd))]
    public async Task A_process_that_exits_early_is_a_write_fault_and_holds_nothing_up(Way way)
    {
        SkipOnWindows();
        using Process process = Start("exec head -c 1000 > /dev/null");
        PipeConnection connection = Connect(process, TimeSpan.FromMinutes(2));

        string failure = await WriteAndEndAsync(connection, way);

        await connection.DisposeAsync().Guarded();
        await process.WaitForExitAsync().Guarded();
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        IOException error = await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded());
        failure.Should().BeOneOf("", error.Message);
    }

    [Fact]
    public async Task The_last_words_of_a_process_that_exits_early_are_read_whole()
    {
        SkipOnWindows();
        using Process process = Start("dd bs=1 count=1 > /dev/null 2>&1; exec 0<&-; head -c 300000 /dev/zero");
        await using PipeConnection connection = Connect(process, TimeSpan.FromMinutes(2));
        Task<string> writing = WriteAndEndAsync(connection, Way.WriteCompleteAndDispose);

        byte[] words = await ReadUntilEndOrErrorAsync(connection.Input);

        words.Should().HaveCount(300_000);
        await writing.Guarded();
        await process.WaitForExitAsync().Guarded();
    }

    [Theory]
    [MemberData(nameof(WaysToEnd))]
    public async Task A_process_that_never_reads_is_waited_for_until_the_CloseTimeout(Way way)
    {
        SkipOnWindows();
        using Process process = Start("exec sleep 100");
        PipeConnection connection = Connect(process, TimeSpan.FromMilliseconds(500));
        connection.Output.Put(Content.Request);
        if (way == Way.InputCompletedFirst) await connection.Input.CompleteAsync().Guarded();
        if (way != Way.WriteAndDispose) connection.Output.Complete();

        await connection.DisposeAsync().Guarded();

        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        process.HasExited.Should().BeFalse();
        process.Kill();
        await process.WaitForExitAsync().Guarded();
    }

    [Fact]
    public async Task A_process_that_has_got_everything_and_never_ends_is_left_at_the_CloseTimeout_without_a_fault()
    {
        SkipOnWindows();
        string file = Path.Combine(Path.GetTempPath(), $"streampipes-{Guid.NewGuid():N}");
        using Process process = Start("cat > \"$0\"; echo done; exec sleep 100", file);
        PipeConnection connection = Connect(process, TimeSpan.FromSeconds(3));
        await connection.Output.WriteAsync(Content.Request).Guarded();

        await connection.DisposeAsync().Guarded();

        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
        process.HasExited.Should().BeFalse();
        process.Kill();
        await process.WaitForExitAsync().Guarded();
        Payload.HashOf(await File.ReadAllBytesAsync(file)).Should().Be(Content.RequestHash);
        File.Delete(file);
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is not there.");

    private static Process Start(string script, string argument = "sh") =>
        Process.Start(new ProcessStartInfo("sh", ["-c", script, argument]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    private static PipeConnection Connect(Process process, TimeSpan closeTimeout) =>
        StreamConnection.Create(process.StandardOutput.BaseStream, process.StandardInput.BaseStream, new PipeConnectionOptions { CloseTimeout = closeTimeout });

    /// <returns>What a write, or the completion of the output, has thrown.</returns>
    private static async Task<string> WriteAndEndAsync(PipeConnection connection, Way way)
    {
        try
        {
            if (way == Way.InputCompletedFirst) await connection.Input.CompleteAsync().Guarded();
            foreach (ReadOnlyMemory<byte> piece in Content.Pieces(Content.Request, seed: 3)) await connection.Output.WriteAsync(piece).Guarded();
            if (way != Way.WriteAndDispose) await connection.Output.CompleteAsync().Guarded();
            return "";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private static async Task<byte[]> ReadUntilEndOrErrorAsync(PipeReader input)
    {
        using MemoryStream bytes = new();
        try
        {
            await input.CopyToAsync(bytes).Guarded();
        }
        catch (IOException)
        {
            // The write fault comes behind the last byte.
        }

        return bytes.ToArray();
    }
}
