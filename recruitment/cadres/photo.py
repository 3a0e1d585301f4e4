"""Cutting the photo to the size that is printed on lists and tickets. Pure: pixels in, pixels out."""

from dataclasses import dataclass

from PIL import Image

# A photo this close to the wanted shape needs no cutting, as a fraction of the ratio.
TOLERANCE = 0.02
SMALLEST = 20  # per cent of the widest frame


@dataclass(frozen=True, slots=True)
class Frame:
    """What is kept of a photo.

    Attributes:
        size: width of the frame, in per cent of the widest that fits.
        across, down: where it lies, in per cent of the way that it could be moved: 0 is left or top, 50 the
            middle.
    """

    size: int = 100
    across: int = 50
    down: int = 50

    def box(self, image: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels, of the wanted shape and within the image.

        Args:
            image: width and height of the photo.
            wanted: width and height of what is printed; only their ratio counts.
        """
        width, height = image
        widest = min(width, height * wanted[0] / wanted[1])
        wide = widest * min(max(self.size, SMALLEST), 100) / 100
        high = wide * wanted[1] / wanted[0]
        left = (width - wide) * min(max(self.across, 0), 100) / 100
        top = (height - high) * min(max(self.down, 0), 100) / 100
        return round(left), round(top), round(left + wide), round(top + high)


def fits(image: tuple[int, int], wanted: tuple[int, int]) -> bool:
    """Whether a photo has the wanted shape already."""
    ratio = image[0] / image[1] * wanted[1] / wanted[0]
    return abs(ratio - 1) <= TOLERANCE


def cut(image: Image.Image, frame: Frame, wanted: tuple[int, int]) -> Image.Image:
    """The part within the frame, made smaller to the wanted size times two at most: printers want more pixels."""
    part = image.crop(frame.box(image.size, wanted))
    part.thumbnail((wanted[0] * 2, wanted[1] * 2))
    return part
