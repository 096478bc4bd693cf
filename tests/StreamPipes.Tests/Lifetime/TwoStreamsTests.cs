#if !LIBRARY_NETSTANDARD
using System.Diagnostics;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary><c>Create(input, output)</c>: each stream goes when its own direction ends.</summary>
public sealed class TwoStreamsTests
{
    private readonly InvalidDataException _fault = new("the stream broke");
    private readonly ScriptedStream _input = new();
    private readonly ScriptedStream _output = new();
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Completing_the_output_disposes_the_output_stream_and_the_input_continues()
    {
        await using PipeConnection connection = StreamConnection.Create(_input, _output);
        connection.Output.Put("bytes"u8);

        await connection.Output.CompleteAsync().Guarded();

        _output.FlushedBytes.Should().Be(5);
        _output.IsDisposed.Should().BeTrue();
        _input.IsDisposed.Should().BeFalse();
        _input.Read("the answer").Eof();
        (await connection.Input.ReadTextAsync(10)).Should().Be("the answer");
        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        _input.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task The_input_stream_is_disposed_at_its_end_and_the_output_continues()
    {
        await using PipeConnection connection = StreamConnection.Create(_input.Eof(), _output);
        await connection.Input.ShouldEndAsync();
        await _input.Disposed.Guarded();

        _output.IsDisposed.Should().BeFalse();
        connection.Output.Put("bytes"u8);
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        _output.FlushedBytes.Should().Be(5);
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task A_completed_input_is_read_to_its_end_while_the_output_continues()
    {
        await using PipeConnection connection = StreamConnection.Create(_input, _output);
        await connection.Input.CompleteAsync().Guarded();

        _ = _input.Read("an answer that nobody wants").Read(", and more of it");
        await _input.GetCalledTask(StreamOperation.Read, times: 3).Guarded();

        _input.IsDisposed.Should().BeFalse("the program behind both streams may still be at work");
        await connection.Output.WriteTextAsync("bytes");
        _input.Eof();
        await _input.Disposed.Guarded();
        _output.IsDisposed.Should().BeFalse();
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

    [Fact]
    public async Task A_read_fault_during_the_half_close_is_no_error_of_what_was_sent()
    {
        await using PipeConnection connection = StreamConnection.Create(_input, _output.Hold(StreamOperation.Dispose));
        connection.Output.Put("bytes"u8);
        Task completing = connection.Output.CompleteAsync().AsTask();
        await _output.GetCalledTask(StreamOperation.Dispose).Guarded();
        _input.ReadError(_fault);
        await _input.Disposed.Guarded();

        _output.Release(StreamOperation.Dispose);

        await completing.Guarded();
        _output.FlushedBytes.Should().Be(5);
        await connection.Completion.ShouldThrowAsync(_fault);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
    }

    [Fact]
    public async Task A_read_fault_disposes_both_streams()
    {
        await using PipeConnection connection = StreamConnection.Create(_input.ReadError(_fault), _output);

        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.ReadFault);

        _input.IsDisposed.Should().BeTrue();
        _output.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_write_fault_lets_the_input_continue_to_its_end()
    {
        await using PipeConnection connection = StreamConnection.Create(_input, _output.Fail(StreamOperation.Write, _fault), _clock.Options());
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);

        _input.Read("last words").Eof();

        (await connection.Input.ReadTextAsync(10)).Should().Be("last words");
        await connection.Completion.ShouldThrowAsync(_fault);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        _input.IsDisposed.Should().BeTrue();
        _output.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_failing_dispose_of_the_output_is_thrown_by_CompleteAsync_since_its_last_bytes_may_be_lost_with_it()
    {
        await using PipeConnection connection = StreamConnection.Create(_input.Eof(), _output.Fail(StreamOperation.Dispose, _fault));
        connection.Output.Put("bytes"u8);

        await connection.Output.CompleteAsync().ShouldThrowAsync(_fault);

        await connection.Completion.ShouldThrowAsync(_fault);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
    }

    [Fact]
    public async Task Abort_disposes_both_streams_although_one_throws()
    {
        await using PipeConnection connection = StreamConnection.Create(
            _input.Fail(StreamOperation.Dispose, new InvalidOperationException("input")),
            _output.Fail(StreamOperation.Dispose, new InvalidOperationException("output")));

        connection.Abort(_fault);

        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.Aborted);
        _input.IsDisposed.Should().BeTrue();
        _output.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_child_process_sees_the_end_of_its_input_and_its_answer_arrives_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "cat is not there.");
        using Process cat = Process.Start(new ProcessStartInfo("cat") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await using PipeConnection connection = StreamConnection.Create(cat.StandardOutput.BaseStream, cat.StandardInput.BaseStream);
        byte[] payload = Payload.Seeded(300_000);
        Task<byte[]> receiving = connection.Input.TakeAllAsync();

        await connection.Output.WriteAsync(payload).Guarded();
        await connection.Output.CompleteAsync().Guarded();

        Payload.HashOf(await receiving.Guarded()).Should().Be(Payload.HashOf(payload));
        await cat.WaitForExitAsync().Guarded();
        await connection.Completion.Guarded();
    }
}
#endif
