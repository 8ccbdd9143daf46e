// Content that may be longer than its room: slides under the finger, and has big buttons for who cannot slide.
import QtQuick

Item {
    id: area

    default property alias content: column.data
    property alias spacing: column.spacing
    readonly property bool overflowing: column.height > area.height

    // Brings one item of the content into sight, e.g. the question being answered.
    function reveal(item: Item) {
        Qt.callLater(() => {
            if (item.y < flick.contentY)
                flick.contentY = item.y;
            else if (item.y + item.height > flick.contentY + flick.height)
                flick.contentY = Math.max(0, item.y + item.height - flick.height);
        });
    }

    Flickable {
        id: flick
        width: area.width - (area.overflowing && !Theme.portrait ? turner.width + Theme.px(20) : 0)
        height: area.height - (area.overflowing && Theme.portrait ? turner.height + Theme.px(12) : 0)
        contentHeight: column.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        interactive: area.overflowing

        Column {
            id: column
            width: flick.width
            spacing: Theme.gap
            bottomPadding: Theme.px(8)
        }
    }
    PageTurner {
        id: turner
        objectName: "scroll"
        visible: area.overflowing
        width: Theme.portrait ? area.width : Theme.touch
        height: Theme.portrait ? Theme.touch : area.height
        x: area.width - width
        y: area.height - height
        earlierEnabled: flick.contentY > 1
        laterEnabled: flick.contentY < flick.contentHeight - flick.height - 1
        onEarlierTouched: flick.contentY = Math.max(0, flick.contentY - flick.height * 0.8)
        onLaterTouched: flick.contentY = Math.min(flick.contentHeight - flick.height, flick.contentY + flick.height * 0.8)
    }
}
