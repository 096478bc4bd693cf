using StreamPipes.PipeStreams;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>The turn of the readers of a stream over a pipe: one at a time, and a dispose knows what it meets.</summary>
public sealed class ReaderTurnTests
{
    private readonly ReaderTurn _turn = new();

    [Fact]
    public void A_reader_turn_allows_one_operation_at_a_time()
    {
        _turn.TryEnter().Should().BeTrue();
        _turn.TryEnter().Should().BeFalse();
        _turn.TryHold(ReaderUse.Taking).Should().BeTrue();
        _turn.TryEnter().Should().BeFalse();

        _turn.Exit(out _).Should().BeFalse("nobody has closed it");

        _turn.TryEnter().Should().BeTrue();
    }

    [Fact]
    public void An_operation_that_waits_when_the_turn_is_closed_takes_nothing_any_more()
    {
        _turn.TryEnter();

        _turn.Close().Should().Be(ReaderUse.Waiting);

        _turn.TryHold(ReaderUse.Taking).Should().BeFalse();
        _turn.Exit(out ReaderUse metBy).Should().BeTrue();
        metBy.Should().Be(ReaderUse.Waiting);
        _turn.TryEnter().Should().BeFalse("it stays closed");
    }

    [Fact]
    public void A_copy_whose_destination_is_at_work_when_the_turn_is_closed_learns_it_when_it_goes_on()
    {
        _turn.TryEnter();
        _turn.TryHold(ReaderUse.Lending);

        _turn.Close().Should().Be(ReaderUse.Lending);

        _turn.TryResume().Should().BeFalse();
        _turn.Exit(out ReaderUse metBy).Should().BeTrue();
        metBy.Should().Be(ReaderUse.Lending, "the memory is still the copy's to give back");
    }

    [Fact]
    public void A_close_without_an_operation_meets_none() => _turn.Close().Should().Be(ReaderUse.None);
}
